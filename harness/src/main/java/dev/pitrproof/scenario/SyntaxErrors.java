package dev.pitrproof.scenario;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Turns what a YAML parser complains about into one line for people who did not mean to write YAML's grammar. */
final class SyntaxErrors {

    private static final String INDENTATION =
            "indent with spaces, keys of one mapping alike, and close each quote and bracket";

    private static final String CLOSE = "close what was opened before it, and quote a value that holds \",\" or \": \"";
    private static final String MISSING_COLON = "could not find expected ':'";

    private static final Explanation NEEDS_QUOTES =
            new Explanation("found a value that begins with a reserved character, expected it in quotes", null);

    private static final Explanation UNQUOTED_VARIABLE = new Explanation(
            "found a variable inside of braces or brackets, expected it in quotes",
            "write \"${name}\", for a brace begins a mapping there");

    /** What the parser says, by its beginning, and what we say instead. */
    private static final Map<String, Explanation> EXPLANATIONS = Map.ofEntries(
            Map.entry(
                    "found character '\\t(TAB)' that cannot start any token",
                    new Explanation("found a tab, expected spaces", "YAML is indented with spaces, never with tabs")),
            Map.entry("found character '@'", NEEDS_QUOTES),
            Map.entry("found character '`'", NEEDS_QUOTES),
            Map.entry("found character '%'", NEEDS_QUOTES),
            Map.entry(
                    "mapping values are not allowed here",
                    new Explanation(
                            "found a \":\" where no key can stand, expected one key and its value on a line",
                            "quote a value that holds \": \", and give keys of one mapping the same indentation")),
            Map.entry(
                    "expected <block end>, but found '<block mapping start>'",
                    new Explanation(
                            "found a key with another indentation than the keys before it, expected the same",
                            "give keys of one mapping the same indentation, in spaces")),
            Map.entry(
                    "expected <block end>, but found '?'",
                    new Explanation(
                            "found a key among the items of a list, expected \"- \"",
                            "give keys of one mapping the same indentation, in spaces")),
            Map.entry(
                    "sequence entries are not allowed here",
                    new Explanation(
                            "found \"- \" where no list can begin, expected it on a line of its own",
                            "quote a value that begins with \"- \"")),
            Map.entry(
                    "expected <block end>, but found '<block sequence start>'",
                    new Explanation(
                            "found \"- \" with another indentation than its neighbours, expected the same",
                            "give items of one list the same indentation, in spaces")),
            Map.entry(
                    "expected <block end>, but found '-'",
                    new Explanation(
                            "found \"- \" among the keys of a mapping, expected a key",
                            "give items of one list the same indentation, in spaces")),
            Map.entry(
                    "expected <block end>, but found '<scalar>'",
                    new Explanation(
                            "found text behind a closed quote, expected the end of the line",
                            "a quote that is not closed ends only at the next one, which may be lines below")),
            Map.entry(
                    "expected ',' or '}'",
                    new Explanation("found no end of a mapping in braces, expected \"}\"", CLOSE)),
            Map.entry(
                    "expected ',' or ']'",
                    new Explanation("found no end of a list in brackets, expected \"]\"", CLOSE)),
            Map.entry(
                    MISSING_COLON,
                    new Explanation("found a line without \": \", expected a key and its value", INDENTATION)),
            Map.entry(
                    "found unexpected end of stream",
                    new Explanation(
                            "found the end of the file inside quotes, expected the closing quote", INDENTATION)));

    private record Explanation(String message, @Nullable String hint) {}

    private SyntaxErrors() {}

    static Problem explain(YamlEngineException malformed, Reading reading, String text) {
        if (malformed instanceof MarkedYamlEngineException marked) {
            // the parser misses a colon only on the line below
            boolean isBelow = MISSING_COLON.equals(marked.getProblem());
            Optional<Mark> mark = isBelow ? marked.getContextMark() : marked.getProblemMark();
            Position position =
                    mark.or(marked::getContextMark).map(reading::position).orElse(Position.of(reading.file()));
            Explanation explanation =
                    mark.isPresent() && isVariable(mark.get(), text) ? UNQUOTED_VARIABLE : explanationOf(marked);
            return new Problem(position, explanation.message(), explanation.hint());
        }
        if (malformed instanceof ReaderException unprintable) {
            int index = Math.min(unprintable.getPosition(), text.codePointCount(0, text.length()));
            return new Problem(
                    positionBehind(text.substring(0, text.offsetByCodePoints(0, index)), reading.file()),
                    String.format(
                            Locale.ROOT,
                            "found the character U+%04X, expected only printable ones",
                            unprintable.getCodePoint()),
                    null);
        }
        return new Problem(Position.of(reading.file()), "file is no YAML: " + Wording.oneLine(malformed), INDENTATION);
    }

    /** Inside of braces a dollar sign is a value, and the brace behind it one too many. */
    private static boolean isVariable(Mark mark, String text) {
        String line = text.lines().skip(mark.getLine()).findFirst().orElse("");
        return mark.getColumn() > 0
                && mark.getColumn() < line.codePointCount(0, line.length())
                && line.startsWith("${", line.offsetByCodePoints(0, mark.getColumn() - 1));
    }

    private static Explanation explanationOf(MarkedYamlEngineException marked) {
        String problem = String.valueOf(marked.getProblem());
        for (Map.Entry<String, Explanation> entry : EXPLANATIONS.entrySet()) {
            if (problem.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        String context = marked.getContext();
        return new Explanation(
                "found no valid YAML: " + (context == null || context.isBlank() ? "" : Wording.oneLine(context) + ", ")
                        + Wording.oneLine(problem),
                INDENTATION);
    }

    /** The place right behind {@code text}. */
    static Position positionBehind(String text, Path file) {
        int lineStart = text.lastIndexOf('\n') + 1;
        int line = 1 + (int) text.chars().filter(character -> character == '\n').count();
        return new Position(file, line, 1 + text.codePointCount(lineStart, text.length()));
    }
}
