package dev.pitrproof.restore;

import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.wal.Lsn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The states that a restore of one backup along one timeline can end in.
 *
 * @param commits those after which the backup is consistent, up to the end of the readable WAL, in WAL order
 */
public record ReachableWindow(List<EndedTransaction> commits) {

    public ReachableWindow {
        commits = List.copyOf(commits);
    }

    static ReachableWindow of(Prediction prediction, Lsn consistentFrom) {
        return new ReachableWindow(Stream.concat(prediction.applied().stream(), prediction.notApplied().stream())
                .filter(EndedTransaction::committed)
                .filter(end -> !end.end().isBefore(consistentFrom))
                .toList());
    }

    /** The first commit that can be restored to. */
    public Optional<EndedTransaction> first() {
        return commits.stream().findFirst();
    }

    /** The last one. */
    public Optional<EndedTransaction> last() {
        return commits.isEmpty() ? Optional.empty() : Optional.of(commits.get(commits.size() - 1));
    }

    /** The last commit that is not behind a target by time or LSN; empty for other targets. */
    public Optional<EndedTransaction> nearestBefore(RecoveryTarget target) {
        List<EndedTransaction> before =
                commits.stream().filter(isBehind(target).negate()).toList();
        return isOrdered(target) && !before.isEmpty() ? Optional.of(before.get(before.size() - 1)) : Optional.empty();
    }

    /** The first commit behind a target by time or LSN; empty for other targets. */
    public Optional<EndedTransaction> nearestAfter(RecoveryTarget target) {
        return isOrdered(target) ? commits.stream().filter(isBehind(target)).findFirst() : Optional.empty();
    }

    private static boolean isOrdered(RecoveryTarget target) {
        return target instanceof RecoveryTarget.Time || target instanceof RecoveryTarget.AtLsn;
    }

    private static Predicate<EndedTransaction> isBehind(RecoveryTarget target) {
        if (target instanceof RecoveryTarget.Time asked) {
            Instant time = asked.time();
            return end -> end.time().isAfter(time);
        }
        if (target instanceof RecoveryTarget.AtLsn asked) {
            return end -> end.lsn().isAfter(asked.lsn());
        }
        return end -> false;
    }
}
