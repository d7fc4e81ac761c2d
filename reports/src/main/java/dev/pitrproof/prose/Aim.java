package dev.pitrproof.prose;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.Witnesses;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a drill's recovery was to stop, where it did, and on which side of it the moments of the story lie. */
public record Aim(
        Evidence evidence,
        @Nullable Target target,
        @Nullable Instant time,
        @Nullable RecordRef lastApplied,
        @Nullable RecordRef firstNotApplied) {

    /** Where the server stopped, measured against A and N. */
    public enum Stop {
        NOWHERE,
        EARLY,
        EXACT,
        LATE,
        UNKNOWN
    }

    public static Aim of(Evidence evidence) {
        Target target = evidence.target();
        Oracle oracle = evidence.oracle();
        return new Aim(
                evidence,
                target,
                target == null ? null : instant(target),
                oracle == null ? null : oracle.lastApplied(),
                oracle == null ? null : oracle.firstNotApplied());
    }

    public Stop stop() {
        Witnesses witnesses = evidence.witnesses();
        if (witnesses == null) {
            return Stop.NOWHERE;
        }
        String replayed = reached(witnesses);
        if (replayed == null || lastApplied == null) {
            return Stop.UNKNOWN;
        }
        if (firstNotApplied != null && Positions.before(firstNotApplied.lsn(), replayed)) {
            return Stop.LATE;
        }
        String end = lastApplied.endLsn() == null ? lastApplied.lsn() : lastApplied.endLsn();
        Oracle oracle = evidence.oracle();
        if (oracle != null && oracle.appliedThroughLsn() != null) {
            end = oracle.appliedThroughLsn();
        }
        return Positions.before(replayed, end) ? Stop.EARLY : Stop.EXACT;
    }

    /** A server that was started anew since its recovery tells by its history file how far it came. */
    private static @Nullable String reached(Witnesses witnesses) {
        return witnesses.replayLsn() == null ? witnesses.historySwitchLsn() : witnesses.replayLsn();
    }

    public boolean restored() {
        return evidence.witnesses() != null;
    }

    /** The target in a few words: its story time when it has one. */
    public String targetText() {
        if (target == null) {
            return "no target";
        }
        String storyTime = target.storyTime();
        if (storyTime != null && target.kind().equals("time")) {
            return storyTime;
        }
        return switch (target.kind()) {
            case "snapshot" -> "the dump’s own snapshot" + (storyTime == null ? "" : " at " + storyTime);
            case "immediate" -> "the end of the backup";
            case "latest" -> "the end of the WAL";
            default ->
                (target.inclusive() ? "" : "just before ")
                        + (target.kind().equals("name") ? "restore point" : target.kind()) + " "
                        + (time == null ? target.value() : Wording.dateTime(time))
                        + (storyTime == null ? "" : " at " + storyTime);
        };
    }

    /** Whether the moment is on the near side of the target, the one that recovery replays. */
    public boolean isBeforeTarget(Moment moment) {
        if (target != null && (target.kind().equals("latest") || target.kind().equals("immediate"))) {
            Oracle oracle = evidence.oracle();
            return oracle != null && Positions.before(moment.lsn(), oracle.appliedThroughLsn());
        }
        if (isAtTarget(moment)) {
            // the target is a barrier, and what the story does at the same time comes after it; or it is what the story
            // does then
            return !changesData(moment) || isItsTransaction();
        }
        if (time != null && moment.serverTime() != null) {
            return !moment.serverTime().isAfter(time);
        }
        if (target != null && target.storyTime() != null) {
            return storySeconds(moment) < StoryClock.seconds(target.storyTime()).orElse(0);
        }
        return firstNotApplied == null || Positions.before(moment.lsn(), firstNotApplied.lsn());
    }

    /** Whether the target is the end of a transaction, which is to be there. */
    private boolean isItsTransaction() {
        return target != null
                && target.inclusive()
                && (target.kind().equals("xid") || target.kind().equals("lsn"));
    }

    public boolean isAtTarget(Moment moment) {
        return target != null && moment.storyTime().equals(target.storyTime());
    }

    /** Whether what happened at the moment is in the restored cluster. */
    public boolean isReplayed(Moment moment) {
        Witnesses witnesses = evidence.witnesses();
        if (witnesses == null) {
            return false;
        }
        if (stop() == Stop.EARLY || stop() == Stop.LATE) {
            return Positions.before(moment.lsn(), reached(witnesses));
        }
        return isBeforeTarget(moment);
    }

    /** The moments of a kind, the nearest to the target first. */
    public List<Moment> nearest(String kind) {
        Story story = evidence.story();
        if (story == null) {
            return List.of();
        }
        String at = target == null ? null : target.storyTime();
        int aim = at == null ? Integer.MAX_VALUE / 2 : StoryClock.seconds(at).orElse(0);
        return story.moments().stream()
                .filter(moment -> moment.kind().equals(kind))
                .sorted(Comparator.comparingInt(moment -> Math.abs(storySeconds(moment) - aim)))
                .toList();
    }

    public Optional<Moment> accident() {
        return nearest("accident").stream().findFirst();
    }

    private static boolean changesData(Moment moment) {
        return moment.kind().equals("accident")
                || moment.kind().equals("sql")
                || moment.kind().equals("sabotage");
    }

    private static int storySeconds(Moment moment) {
        return StoryClock.seconds(moment.storyTime()).orElse(0);
    }

    private static @Nullable Instant instant(Target target) {
        if (!target.kind().equals("time")) {
            return null;
        }
        try {
            // PostgreSQL writes whole hours of an offset without minutes
            String value = target.value().strip().replace(' ', 'T').replaceFirst("([+-]\\d{2})$", "$1:00");
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException e) {
            // the value is shown as it stands; only the picture's order is then told by the story clock
            return null;
        }
    }
}
