package dev.pitrproof.proof;

import dev.pitrproof.proof.Prediction.Reach;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Predicts from the WAL alone where recovery stops.
 *
 * <p>Follows {@code recoveryStopsBefore} and {@code recoveryStopsAfter} in xlogrecovery.c (xlog.c up to 14), which are
 * the same from 13 to 18: a time target looks at transaction ends only, and the first one in WAL order that lies beyond
 * it stops recovery, whatever times come later; an LSN target compares the <em>start</em> of records; an immediate
 * target stops before the record that follows the one which made the backup consistent.
 */
public final class Oracle {

    private static final int MINIMAL = 0;

    private final RecoveryTarget target;
    private final BackupBounds backup;

    private final List<Ended> applied = new ArrayList<>();
    private final List<Ended> notApplied = new ArrayList<>();
    private @Nullable WalRecord lastApplied;
    private @Nullable WalRecord firstNotApplied;
    private Lsn endLsn;
    private @Nullable Long nextXidAtRedo;
    private @Nullable Instant checkpointTime;
    private @Nullable Instant latestTime;
    private ParameterLimits limits = new ParameterLimits(0, 0, 0, 0, 0);
    private final NextXid nextXid = new NextXid();
    private final Consistency consistency;
    private boolean stopped;
    private boolean consistentAtStop;
    private boolean isRefused;

    private record Ended(WalRecord record, TransactionEnd end) {}

    private Oracle(RecoveryTarget target, BackupBounds backup) {
        this.target = target;
        this.backup = backup;
        this.endLsn = backup.redo();
        this.consistency = new Consistency(backup);
    }

    /**
     * Reads the WAL from the backup's redo position to its end, and says where recovery to {@code target} stops.
     *
     * @param wal reads the WAL along the timeline path of the restore
     */
    public static Prediction predict(WalReader wal, BackupBounds backup, RecoveryTarget target) throws IOException {
        Oracle oracle = new Oracle(target, backup);
        WalEnd end = wal.read(backup.redo(), oracle::replay);
        return oracle.conclude(end);
    }

    /** The same of records that were read already, from the backup's redo position to {@code end}. */
    static Prediction predict(Iterable<WalRecord> records, WalEnd end, BackupBounds backup, RecoveryTarget target) {
        Oracle oracle = new Oracle(target, backup);
        for (WalRecord record : records) {
            if (!oracle.replay(record)) {
                break;
            }
        }
        return oracle.conclude(end);
    }

    private boolean replay(WalRecord record) {
        if (isStartingPoint(record)) {
            endLsn = record.end();
            consistency.replayed(record);
        } else if (stopped) {
            if (firstNotApplied == null) {
                firstNotApplied = record;
            }
        } else if (stopsBefore(record)) {
            stopped = true;
            consistentAtStop = consistency.isReached();
            firstNotApplied = record;
        } else if (isMinimal(record)) {
            firstNotApplied = record;
            isRefused = true;
        } else {
            apply(record);
            if (stopsAfter(record)) {
                stopped = true;
                consistentAtStop = consistency.isReached();
            }
        }
        remember(record);
        return !isMinimal(record); // whatever comes then, no recovery gets there
    }

    /**
     * Whether WAL of {@code wal_level=minimal} begins here, at which archive recovery dies: it lacks what bulk loads wrote
     * ({@code CheckRequiredParameterValues}).
     */
    private static boolean isMinimal(WalRecord record) {
        return record.entry() instanceof WalEntry.ParameterChange change && change.walLevel() == MINIMAL;
    }

    /**
     * Whether replay begins behind this record: a shutdown checkpoint, from which backups of a standby may begin, is its
     * own redo position. The server has read it before, applies it not and compares no target with it.
     */
    private boolean isStartingPoint(WalRecord record) {
        return record.start().equals(backup.redo()) && backup.redo().equals(backup.checkpoint());
    }

    private boolean stopsBefore(WalRecord record) {
        if (target instanceof RecoveryTarget.Immediate) {
            return consistency.isReached();
        }
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            return !lsn.inclusive() && !record.start().isBefore(lsn.lsn());
        }
        if (!(record.entry() instanceof TransactionEnd end)) {
            return false;
        }
        if (target instanceof RecoveryTarget.Xid xid) {
            return !xid.inclusive() && end.xid() == xid.xid();
        }
        if (target instanceof RecoveryTarget.Time time) {
            return time.inclusive()
                    ? end.time().isAfter(time.time())
                    : !end.time().isBefore(time.time());
        }
        return false;
    }

    private boolean stopsAfter(WalRecord record) {
        if (target instanceof RecoveryTarget.Name name) {
            return record.entry() instanceof WalEntry.RestorePoint point
                    && point.name().equals(name.name());
        }
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            return lsn.inclusive() && !record.start().isBefore(lsn.lsn());
        }
        if (target instanceof RecoveryTarget.Xid xid) {
            return xid.inclusive() && record.entry() instanceof TransactionEnd end && end.xid() == xid.xid();
        }
        // for an immediate target the server looks behind records of the transaction manager only
        return target instanceof RecoveryTarget.Immediate
                && consistency.isReached()
                && record.rmid() == WalRecord.RMID_TRANSACTION;
    }

    private void apply(WalRecord record) {
        lastApplied = record;
        endLsn = record.end();
        nextXid.replayed(record);
        if (record.entry() instanceof WalEntry.ParameterChange change) {
            limits = limits.orHigher(change);
        }
        consistency.replayed(record);
    }

    private void remember(WalRecord record) {
        WalEntry entry = record.entry();
        if (entry instanceof TransactionEnd end) {
            (firstNotApplied == null ? applied : notApplied).add(new Ended(record, end));
            note(end.time());
        } else if (entry instanceof WalEntry.RestorePoint point) {
            note(point.time());
        } else if (entry instanceof WalEntry.Checkpoint checkpoint) {
            note(checkpoint.time());
            if (record.start().equals(backup.checkpoint())) {
                nextXidAtRedo = checkpoint.nextFullXid();
                checkpointTime = checkpoint.time();
            }
        }
    }

    private void note(Instant time) {
        if (latestTime == null || time.isAfter(latestTime)) {
            latestTime = time;
        }
    }

    private Prediction conclude(WalEnd end) {
        if (target instanceof RecoveryTarget.Latest) {
            // a backup that never becomes consistent is refused, wherever its WAL ends
            stopped = consistency.isReached() && !isRefused;
            consistentAtStop = consistency.isReached();
        }
        Reach reach = !stopped ? Reach.NOT_REACHED : consistentAtStop ? Reach.REACHED : Reach.BEFORE_CONSISTENCY;
        return new Prediction(
                target,
                reach,
                lastApplied,
                firstNotApplied,
                widened(applied),
                widened(notApplied),
                Optional.ofNullable(nextXidAtRedo),
                Optional.ofNullable(checkpointTime),
                limits,
                Optional.ofNullable(latestTime),
                end,
                consistency.isReached(),
                Optional.ofNullable(nextXidAtRedo).map(nextXid::after),
                endLsn,
                isRefused);
    }

    private List<EndedTransaction> widened(List<Ended> ends) {
        long reference = nextXidAtRedo == null ? 0 : nextXidAtRedo;
        List<EndedTransaction> result = new ArrayList<>(ends.size());
        for (Ended ended : ends) {
            TransactionEnd end = ended.end();
            result.add(new EndedTransaction(
                    end.kind(),
                    widen(end.xid(), reference),
                    end.subxids().stream().map(xid -> widen(xid, reference)).toList(),
                    end.time(),
                    ended.record().start(),
                    ended.record().end(),
                    ended.record().timeline()));
        }
        return List.copyOf(result);
    }

    /** Gives a 32-bit xid the epoch that puts it nearest to {@code reference}, as xids are compared modulo 2^32. */
    static long widen(int xid, long reference) {
        long widened = reference + (xid - (int) reference);
        return widened < 0 ? Integer.toUnsignedLong(xid) : widened;
    }
}
