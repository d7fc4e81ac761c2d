package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalRecord;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the oracle says of one target: where PostgreSQL must stop and which transactions must then be visible.
 *
 * @param target what was asked
 * @param reach whether replay gets there
 * @param lastApplied A, the last record PostgreSQL must apply; null if none is applied at all
 * @param firstNotApplied N, the first record it must not apply; null where the WAL ends before one
 * @param applied the transaction ends up to A, in WAL order
 * @param notApplied the transaction ends from N on, in WAL order, as far as the WAL can be read
 * @param nextXidAtRedo the next xid of the backup's checkpoint, with epoch: an xid from here on that committed has its
 *     end record in the WAL read here; empty if the checkpoint record was not met
 * @param checkpointTime the time in the backup's checkpoint record, whole seconds
 * @param limits the highest of each limit that a parameter change up to N asks for
 * @param latestTime the latest time that any record carries, checkpoints and restore points included
 * @param walEnd where and why the readable WAL ends
 * @param consistent whether the backup is consistent where replay ends, at the target or at the end of the WAL
 * @param nextXidAtStop the next xid of the cluster right behind A, as far as the WAL tells, with epoch: whatever it
 *     assigns after its promotion is not below; empty if the checkpoint record was not met
 * @param endLsn the position behind A, where the new timeline's history file must show that it branches off; where
 *     nothing is applied, the position that replay begins at
 * @param isRefused whether replay ends before the target because N begins WAL of {@code wal_level=minimal}, which
 *     PostgreSQL refuses; what comes behind such a record is not read in any case
 */
public record Prediction(
        RecoveryTarget target,
        Reach reach,
        @Nullable WalRecord lastApplied,
        @Nullable WalRecord firstNotApplied,
        List<EndedTransaction> applied,
        List<EndedTransaction> notApplied,
        Optional<Long> nextXidAtRedo,
        Optional<Instant> checkpointTime,
        ParameterLimits limits,
        Optional<Instant> latestTime,
        WalEnd walEnd,
        boolean consistent,
        Optional<Long> nextXidAtStop,
        Lsn endLsn,
        boolean isRefused) {

    /** Whether replay from the backup gets to the target. */
    public enum Reach {
        /** It stops there, and the backup is consistent by then. */
        REACHED,
        /** It would stop before the backup is consistent, which PostgreSQL refuses. */
        BEFORE_CONSISTENCY,
        /** The readable WAL ends first, or what PostgreSQL replays of it. */
        NOT_REACHED
    }

    /** The last commit that can be proved: the last one in the readable WAL. */
    public Optional<EndedTransaction> lastCommit() {
        Optional<EndedTransaction> later = lastCommitOf(notApplied);
        return later.isPresent() ? later : lastCommitOf(applied);
    }

    private static Optional<EndedTransaction> lastCommitOf(List<EndedTransaction> ends) {
        for (int i = ends.size() - 1; i >= 0; i--) {
            if (ends.get(i).committed()) {
                return Optional.of(ends.get(i));
            }
        }
        return Optional.empty();
    }

    /** Every xid that must be visible as committed at the stop, sub-transactions included. */
    public Set<Long> mustBeCommitted() {
        Set<Long> xids = new HashSet<>();
        for (EndedTransaction end : applied) {
            if (end.committed()) {
                xids.add(end.xid());
                xids.addAll(end.subxids());
            }
        }
        return xids;
    }

    /** Every xid that must be visible as aborted at the stop, sub-transactions included. */
    public Set<Long> mustBeAborted() {
        Set<Long> xids = new HashSet<>();
        for (EndedTransaction end : applied) {
            if (!end.committed()) {
                xids.add(end.xid());
                xids.addAll(end.subxids());
            }
        }
        return xids;
    }

    /** Every xid that commits only after the stop, sub-transactions included. */
    public Set<Long> mustNotBeCommitted() {
        Set<Long> xids = new HashSet<>();
        for (EndedTransaction end : notApplied) {
            xids.add(end.xid());
            xids.addAll(end.subxids());
        }
        return xids;
    }

    /**
     * The intent set: the commits of the window that a person means. For a time target those are all with a time up to
     * it, wherever they are in the WAL; for the others, those that are applied.
     */
    public List<EndedTransaction> intended() {
        return Stream.concat(applied.stream(), notApplied.stream())
                .filter(EndedTransaction::committed)
                .filter(this::isIntended)
                .toList();
    }

    private boolean isIntended(EndedTransaction end) {
        if (target instanceof RecoveryTarget.Time time) {
            return time.inclusive()
                    ? !end.time().isAfter(time.time())
                    : end.time().isBefore(time.time());
        }
        return end.lsn().isBefore(endLsn);
    }

    /**
     * The intent set without what is applied: for a time target, the commits no later than it which PostgreSQL leaves out
     * all the same, because an end record with a later time comes before them in the WAL; empty for other targets. There
     * is no difference the other way round: whatever is applied is intended.
     */
    public List<EndedTransaction> leftOutThoughEarlier() {
        return intended().stream().filter(end -> !end.lsn().isBefore(endLsn)).toList();
    }
}
