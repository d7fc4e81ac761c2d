package dev.pitrproof.wal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a timeline came from: the content of its history file ({@code NNNNNNNN.history}).
 *
 * <p>Follows {@code readTimeLineHistory} and {@code tliOfPointInHistory} of timeline.c.
 *
 * <p>Switchpoints can go back. A recovery along timelines 1 and 2 whose target lies before 2 begins replays nothing of 2;
 * PostgreSQL writes all the same that its new timeline left 2, at the target. Then 2 owns no byte here, and 1 none behind
 * the target.
 *
 * @param timeline the timeline the history is of
 * @param ancestry the switches that led to it, oldest first; empty for a timeline without ancestors
 */
public record TimelineHistory(TimelineId timeline, List<Switch> ancestry) {

    /** A reason may hold any character but a newline: it may be the name of a restore point. */
    private static final String LINE = "\\s*([0-9]{1,10})\\s+([0-9A-Fa-f]+/[0-9A-Fa-f]+)(?:\\s+(.*))?";

    /** What bytes become that are no text in UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    /**
     * One timeline was left for the next.
     *
     * @param parent the timeline that was left
     * @param switchpoint the first byte that belongs to the next timeline
     * @param reason why, in PostgreSQL's words
     */
    public record Switch(TimelineId parent, Lsn switchpoint, String reason) {}

    public TimelineHistory {
        ancestry = List.copyOf(ancestry);
        for (int i = 0; i < ancestry.size(); i++) {
            Switch step = ancestry.get(i);
            TimelineId child = i + 1 < ancestry.size() ? ancestry.get(i + 1).parent() : timeline;
            if (step.parent().compareTo(child) >= 0) {
                throw new IllegalArgumentException("history of timeline " + timeline + " leads from timeline "
                        + step.parent() + " to " + child + ": expected each timeline to have a higher number");
            }
        }
    }

    /** The history of a timeline without ancestors. */
    public static TimelineHistory of(TimelineId first) {
        return new TimelineHistory(first, List.of());
    }

    /**
     * Reads a history file. A restore point in it has its name in the encoding of the database that it was made in, which
     * nothing tells; PostgreSQL does not look at reasons.
     *
     * @throws IllegalArgumentException as for text
     */
    public static TimelineHistory parse(TimelineId timeline, byte[] historyFile) {
        String text = new String(historyFile, StandardCharsets.UTF_8);
        try {
            return parse(timeline, text);
        } catch (IllegalArgumentException e) {
            if (text.indexOf(REPLACEMENT) < 0) {
                throw e;
            }
            throw new IllegalArgumentException("it is not text: expected lines of timelines and switchpoints", e);
        }
    }

    /**
     * Reads a history file's text.
     *
     * @param timeline the timeline in the file's name
     * @param historyFile the file's text: {@code <parent timeline>\t<switchpoint>\t<reason>} a line, oldest first
     * @throws IllegalArgumentException if a line is anything else; the message names it and is fit for a user
     */
    public static TimelineHistory parse(TimelineId timeline, String historyFile) {
        List<Switch> ancestry = new ArrayList<>();
        int number = 0;
        for (String line : historyFile.split("\n", -1)) {
            number++;
            String text = line.strip();
            if (!text.isEmpty() && text.charAt(0) != '#') {
                ancestry.add(parseLine(timeline, number, line));
            }
        }
        return new TimelineHistory(timeline, ancestry);
    }

    private static Switch parseLine(TimelineId timeline, int number, String line) {
        Matcher matcher = Pattern.compile(LINE, Pattern.DOTALL).matcher(line);
        if (!matcher.matches()) {
            throw badLine(timeline, number, line, "expected a timeline, a switchpoint and a reason");
        }
        try {
            String reason = matcher.group(3);
            return new Switch(
                    TimelineId.parse(matcher.group(1)), Lsn.parse(matcher.group(2)), reason == null ? "" : reason);
        } catch (IllegalArgumentException e) {
            throw badLine(timeline, number, line, String.valueOf(e.getMessage()));
        }
    }

    private static IllegalArgumentException badLine(TimelineId timeline, int number, String line, String why) {
        return new IllegalArgumentException(
                "line " + number + " of " + timeline.historyFileName() + " is \"" + line + "\": " + why);
    }

    /** The timelines from the oldest ancestor to {@link #timeline()}. */
    public List<TimelineId> path() {
        List<TimelineId> path = new ArrayList<>();
        for (Switch step : ancestry) {
            path.add(step.parent());
        }
        path.add(timeline);
        return List.copyOf(path);
    }

    /** The timeline that owns the byte at {@code position}; the byte at a switchpoint is the younger timeline's. */
    public TimelineId timelineAt(Lsn position) {
        TimelineId owner = timeline;
        for (int i = ancestry.size() - 1;
                i >= 0 && position.isBefore(ancestry.get(i).switchpoint());
                i--) {
            owner = ancestry.get(i).parent();
        }
        return owner;
    }

    /**
     * Where {@code member}, or the timelines that come between it and a younger one, were left; empty for the last
     * timeline and for one that is no part of this history.
     */
    public Optional<Lsn> endOf(TimelineId member) {
        int index = path().indexOf(member);
        Lsn end = null;
        for (int i = index; i >= 0 && i < ancestry.size(); i++) {
            Lsn left = ancestry.get(i).switchpoint();
            end = end == null || left.isBefore(end) ? left : end;
        }
        return Optional.ofNullable(end);
    }

    /** Where {@code member} begins, empty for the oldest timeline and for one that is no part of this history. */
    public Optional<Lsn> beginOf(TimelineId member) {
        int index = path().indexOf(member);
        return index < 1
                ? Optional.empty()
                : Optional.of(ancestry.get(index - 1).switchpoint());
    }
}
