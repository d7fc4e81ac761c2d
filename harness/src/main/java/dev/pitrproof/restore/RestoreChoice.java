package dev.pitrproof.restore;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which of several base backups, and which way through the archive, leads to a target. */
public final class RestoreChoice {

    private final List<BaseBackup> backups;
    private final WalArchive archive;
    private final RecoveryTarget target;
    private final String targetInWords;

    /** @param targetInWords the target as the user named it, for messages */
    public RestoreChoice(List<BaseBackup> backups, WalArchive archive, RecoveryTarget target, String targetInWords) {
        this.backups = List.copyOf(backups);
        this.archive = archive;
        this.target = target;
        this.targetInWords = targetInWords;
    }

    /**
     * A backup restored along a timeline.
     *
     * @param window what can be reached that way
     */
    public record Way(BaseBackup backup, TimelineId timeline, PlanOutcome outcome, ReachableWindow window) {

        /** The plan, if this way leads to the target. */
        public Optional<RestorePlan> plan() {
            return outcome instanceof PlanOutcome.Reachable reachable
                    ? Optional.of(reachable.plan())
                    : Optional.empty();
        }
    }

    /** What the choice comes to. */
    public sealed interface Result {

        /** Every way that was looked at, by backup and then by timeline. */
        List<Way> ways();

        /** This way is the shortest: it replays the least WAL. */
        record Chosen(Way way, List<Way> ways) implements Result {}

        /** None leads there. */
        record None(List<Way> ways) implements Result {}

        /** Timelines that end in different states all lead there, and only a person can know which is meant. */
        record Ambiguous(List<Way> candidates, List<Way> ways) implements Result {}
    }

    /**
     * Looks at the backups along one timeline, or along each that no other continues.
     *
     * @param wanted empty if the user leaves it open
     */
    public Result choose(Optional<TimelineChoice> wanted) throws IOException {
        List<Way> ways = new ArrayList<>();
        for (BaseBackup backup : backups) {
            List<TimelineId> timelines = wanted.isPresent()
                    ? List.of(RestorePlanner.timeline(wanted.get(), backup, archive))
                    : leaves(backup);
            for (TimelineId one : timelines) {
                PlanOutcome outcome = new RestorePlanner(backup, archive, target, targetInWords).plan(one);
                ways.add(new Way(
                        backup,
                        one,
                        outcome,
                        ReachableWindow.of(
                                outcome.prediction(),
                                RestorePlanner.bounds(backup).end())));
            }
        }
        List<Way> leading = ways.stream().filter(way -> way.plan().isPresent()).toList();
        if (leading.isEmpty()) {
            return new Result.None(List.copyOf(ways));
        }
        Set<Object> ends = new HashSet<>();
        leading.forEach(way -> ends.add(end(way)));
        if (ends.size() > 1) {
            return new Result.Ambiguous(leading, List.copyOf(ways));
        }
        Way shortest = leading.stream()
                .max(Comparator.<Way, Long>comparing(
                                way -> way.backup().startLsn().value(), Long::compareUnsigned)
                        .thenComparing(way -> way.timeline().value()))
                .orElseThrow();
        return new Result.Chosen(shortest, List.copyOf(ways));
    }

    /** Where a way ends: up to a fork, all its branches end in the same state. */
    private static List<Object> end(Way way) {
        RestorePlan plan = way.plan().orElseThrow();
        WalRecord last = plan.prediction().lastApplied();
        return List.of(plan.prediction().endLsn(), last == null ? plan.backup().timeline() : last.timeline());
    }

    /** The timelines that come from the backup's, or are it, and that no other timeline comes from. */
    private List<TimelineId> leaves(BaseBackup backup) throws IOException {
        List<TimelineHistory> histories = new ArrayList<>();
        for (TimelineId timeline : archive.timelines()) {
            TimelineHistory history = archive.history(timeline).orElse(TimelineHistory.of(timeline));
            if (history.path().contains(backup.timeline())) {
                histories.add(history);
            }
        }
        List<SegmentName> segments = archive.segments();
        List<TimelineId> leaves = new ArrayList<>();
        for (TimelineHistory history : histories) {
            // a parent that was written to after the fork holds states that no child has
            boolean continued = histories.stream()
                    .filter(other -> !other.timeline().equals(history.timeline()))
                    .anyMatch(other -> other.path().contains(history.timeline())
                            && !goesOnBehind(history.timeline(), other, segments));
            if (!continued) {
                leaves.add(history.timeline());
            }
        }
        return leaves.isEmpty() ? List.of(backup.timeline()) : leaves;
    }

    /** Whether the archive holds segments of a timeline behind the one in which another timeline leaves it. */
    private boolean goesOnBehind(TimelineId parent, TimelineHistory child, List<SegmentName> segments) {
        return child.endOf(parent)
                .map(fork -> SegmentName.holding(parent, fork, archive.segmentSize()))
                .filter(last -> segments.stream()
                        .filter(segment -> segment.timeline().equals(parent))
                        .anyMatch(segment -> Long.compareUnsigned(segment.number(), last.number()) > 0))
                .isPresent();
    }
}
