package dev.pitrproof.scenario;

import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.TimelineId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code to:}, where a restore is to stop. */
final class TargetReader {

    private static final List<String> KINDS =
            List.of("time", "mark", "timestamp", "name", "xid", "lsn", "immediate", "latest");

    /** PostgreSQL always stops behind these, whatever {@code recovery_target_inclusive} says. */
    private static final List<String> ALWAYS_INCLUSIVE = List.of("name", "immediate", "latest");

    private final Reading reading;
    private final @Nullable StoryClock clock;
    private final StoryIndex story;

    TargetReader(Reading reading, @Nullable StoryClock clock, StoryIndex story) {
        this.reading = reading;
        this.clock = clock;
        this.story = story;
    }

    /** @param from the label of the backup to restore; null if that could not be read */
    @Nullable
    RestoreTarget target(Section to, @Nullable Text from) {
        Boolean inclusive = reading.parsed(
                to.scalar("inclusive"), StoryReader.oneOf("inclusive", Map.of("true", true, "false", false)));
        boolean isInclusive = inclusive == null || inclusive;
        List<String> kinds = to.keys().stream().filter(KINDS::contains).toList();
        if (kinds.size() != 1) {
            if (!kinds.isEmpty() || !to.hasForeignKeys()) {
                reading.problem(
                        to.position(),
                        kinds.isEmpty()
                                ? "target has none of " + Wording.anyOf(KINDS) + ", expected one"
                                : "target has both " + kinds.get(0) + " and " + kinds.get(1) + ", expected one",
                        "write to: { time: \"13:59\" }, or to: { mark: NAME }");
            }
            return null;
        }
        String kind = kinds.get(0);
        if (to.has("inclusive") && ALWAYS_INCLUSIVE.contains(kind)) {
            reading.problem(
                    to.keyPosition("inclusive"),
                    "found inclusive with " + kind + ", expected none",
                    "PostgreSQL knows exclusive targets for time, xid and lsn only");
        }
        return switch (kind) {
            case "time" -> moment(to, isInclusive);
            case "mark" -> mark(to, isInclusive);
            case "timestamp" -> timestamp(to, isInclusive);
            case "name" -> restorePoint(to);
            case "xid", "lsn" -> transaction(to, kind, isInclusive);
            case "immediate" -> immediate(to, from);
            default ->
                StoryReader.isTrue(reading, to, "latest") && clock != null
                        ? new RestoreTarget.EndOfArchive(clock.to())
                        : null;
        };
    }

    /** The newest if nothing is said, as PostgreSQL has it; null, and a problem, if it is none. */
    @Nullable
    TimelineChoice timeline(Section to) {
        return to.has("timeline")
                ? reading.parsed(to.scalar("timeline"), TargetReader::timeline)
                : new TimelineChoice.Latest();
    }

    private static TimelineChoice timeline(String text) {
        return switch (text) {
            case "current" -> new TimelineChoice.Current();
            case "latest" -> new TimelineChoice.Latest();
            default -> {
                if (!text.matches("[1-9]\\d{0,8}")) {
                    throw new IllegalArgumentException(
                            "timeline is " + Wording.quoted(text) + ", expected a number from 1, current or latest");
                }
                yield new TimelineChoice.Numbered(new TimelineId(Integer.parseInt(text)));
            }
        };
    }

    private @Nullable RestoreTarget moment(Section to, boolean isInclusive) {
        StoryTime time = reading.parsed(to.scalar("time"), StoryTime::parse);
        if (time != null && clock != null && !clock.contains(time)) {
            reading.problem(
                    to.valuePosition("time"),
                    "target " + time + " is outside the clock, expected " + clock.from() + " to " + clock.to(),
                    "set from: and to: under clock: so that the whole story fits");
        }
        return time == null ? null : new RestoreTarget.StoryMoment(time, isInclusive);
    }

    private @Nullable RestoreTarget mark(Section to, boolean isInclusive) {
        Text mark = to.text("mark");
        if (mark == null) {
            return null;
        }
        StoryIndex.Named named = story.marks().get(mark.value());
        if (named == null) {
            ClaimReader.unknownMark(reading, mark, story);
            return null;
        }
        return named.at() == null ? null : new RestoreTarget.MarkMoment(mark.value(), named.at(), isInclusive);
    }

    private @Nullable RestoreTarget timestamp(Section to, boolean isInclusive) {
        Text text = to.text("timestamp");
        Instant instant = reading.parsed(text, TargetReader::timestamp);
        return text == null || instant == null || clock == null
                ? null
                : new RestoreTarget.OfCalendar(instant, text.value(), clock.to(), isInclusive);
    }

    private static Instant timestamp(String text) {
        try {
            return CalendarTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "timestamp is " + Wording.quoted(text) + ", expected " + CalendarTime.EXPECTED, e);
        }
    }

    private @Nullable RestoreTarget restorePoint(Section to) {
        Text name = to.text("name");
        if (name == null) {
            return null;
        }
        StoryIndex.Named named = story.restorePoints().get(name.value());
        if (named == null) {
            unknown(name, "restore point", "add a step with restore-point: ", story.restorePoints());
            return null;
        }
        return named.at() == null ? null : new RestoreTarget.AtRestorePoint(name.value(), named.at());
    }

    private @Nullable RestoreTarget transaction(Section to, String kind, boolean isInclusive) {
        Text step = to.text(kind);
        if (step == null) {
            return null;
        }
        StoryIndex.Named named = story.transactions().get(step.value());
        if (named == null) {
            unknown(step, "transaction", "name the step that is meant, as in as: ", story.transactions());
            return null;
        }
        StoryTime at = named.at();
        if (at == null) {
            return null;
        }
        return kind.equals("xid")
                ? new RestoreTarget.OfTransaction(step.value(), at, isInclusive)
                : new RestoreTarget.AtCommit(step.value(), at, isInclusive);
    }

    private @Nullable RestoreTarget immediate(Section to, @Nullable Text from) {
        boolean isTrue = StoryReader.isTrue(reading, to, "immediate");
        StoryIndex.Named backup = from == null ? null : story.backups().get(from.value());
        StoryTime at = backup == null ? null : backup.at();
        return isTrue && at != null ? new RestoreTarget.EndOfBackup(at) : null;
    }

    private void unknown(Text name, String what, String hint, Map<String, StoryIndex.Named> known) {
        if (story.isWhole()) {
            String guess = Wording.didYouMean(name.value(), known.keySet());
            reading.problem(
                    name.position(),
                    "unknown " + what + " " + Wording.quoted(name.value()) + ", expected one from the story",
                    guess != null
                            ? guess
                            : hint + (StoryReader.NAME.matcher(name.value()).matches() ? name.value() : "NAME"));
        }
    }
}
