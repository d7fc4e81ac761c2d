package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Findings of an audit that are known, from a file: {@code KIND NAME} or {@code KIND FIRST..LAST} a line, where LAST may
 * be only the digits that differ; {@code #} begins a comment. A finding counts as known if a line of its kind names all of
 * its files.
 */
public final class Acknowledgements {

    /**
     * A line that says something.
     *
     * @param number counted from 1
     */
    public record Line(int number, String text, Kind kind, String first, String last) {
        boolean covers(Finding finding) {
            return kind == finding.kind()
                    && first.length() == finding.first().length()
                    && first.compareTo(finding.first()) <= 0
                    && finding.last().compareTo(last) <= 0;
        }
    }

    /**
     * A line that cannot be understood.
     *
     * @param column counted from 1
     */
    public record Mistake(int line, int column, String message, String hint) {}

    private static final Pattern FORM = Pattern.compile("\\s*(\\S+)(?:\\s+(\\S+))?(?:\\s+(\\S.*))?\\s*");
    private static final Pattern NAMES =
            Pattern.compile("([0-9A-F]{24}|[0-9A-F]{8}\\.history)(?:\\.\\.([0-9A-F]{1,24}))?");

    private final List<Line> lines = new ArrayList<>();
    private final List<Mistake> mistakes = new ArrayList<>();

    private Acknowledgements() {}

    /** Reads the text of such a file; what cannot be understood is among the mistakes. */
    public static Acknowledgements parse(List<String> text) {
        Acknowledgements read = new Acknowledgements();
        for (int i = 0; i < text.size(); i++) {
            String line = text.get(i).replaceFirst("#.*", "");
            if (!line.isBlank()) {
                read.parse(i + 1, line);
            }
        }
        return read;
    }

    private void parse(int number, String line) {
        Matcher matcher = FORM.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("a line that is not blank has a word");
        }
        String word = matcher.group(1);
        Kind kind = Arrays.stream(Kind.values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElse(null);
        String names = matcher.group(2);
        if (kind == null) {
            mistake(
                    number,
                    matcher.start(1),
                    "unknown finding \"" + word + "\"",
                    "expected one of "
                            + String.join(
                                    ", ",
                                    Arrays.stream(Kind.values()).map(Kind::word).toList()));
        } else if (names == null) {
            mistake(number, line.stripTrailing().length(), "no name behind \"" + word + "\"", EXAMPLE);
        } else if (matcher.group(3) != null) {
            mistake(
                    number,
                    matcher.start(3),
                    "unexpected \"" + matcher.group(3).strip() + "\"",
                    "one finding a line; a comment begins with #");
        } else {
            parseNames(number, matcher.start(2), line.strip(), kind, names);
        }
    }

    private static final String EXAMPLE =
            "write it like: missing 000000010000000000000007..09  # disk replaced 2026-03-01";

    private void parseNames(int number, int column, String text, Kind kind, String names) {
        Matcher matcher = NAMES.matcher(names);
        if (!matcher.matches() || (matcher.group(2) != null && matcher.group(1).length() != 24)) {
            mistake(number, column, "\"" + names + "\" is not the name of a segment or history file", EXAMPLE);
            return;
        }
        String first = matcher.group(1);
        String tail = matcher.group(2);
        String last = tail == null ? first : first.substring(0, first.length() - tail.length()) + tail;
        if (last.compareTo(first) < 0) {
            mistake(number, column, "\"" + names + "\" ends before it begins", EXAMPLE);
            return;
        }
        lines.add(new Line(number, text, kind, first, last));
    }

    private void mistake(int line, int index, String message, String hint) {
        mistakes.add(new Mistake(line, index + 1, message, hint));
    }

    /** What could not be understood; if there is anything, nothing of the file should be used. */
    public List<Mistake> mistakes() {
        return List.copyOf(mistakes);
    }

    public boolean covers(Finding finding) {
        return lines.stream().anyMatch(line -> line.covers(finding));
    }

    /** The lines that no finding matches any more. */
    public List<Line> stale(List<Finding> findings) {
        return lines.stream()
                .filter(line -> findings.stream().noneMatch(line::covers))
                .toList();
    }
}
