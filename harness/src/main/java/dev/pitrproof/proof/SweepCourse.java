package dev.pitrproof.proof;

import dev.pitrproof.proof.Prediction.Reach;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The positions between a backup and a target at which a replay can be halted and asked, with what must be true there:
 * right behind a commit, and behind the other records that make a difference to a proof. All of them lie where the backup
 * is consistent, and
 * behind a commit that the WAL tells of.
 */
public final class SweepCourse {

    /**
     * A position right behind a record.
     *
     * @param next the record that follows; null at the end of the WAL
     * @param nextXid the next xid of a cluster that has replayed up to here
     */
    record Stop(WalRecord last, @Nullable WalRecord next, Optional<Long> nextXid) {

        Lsn end() {
            return last.end();
        }

        boolean isCommit() {
            return last.entry() instanceof WalEntry.TransactionEnd end
                    && end.kind().commits();
        }
    }

    private final Prediction whole;
    private final Consistency consistency;
    private final NextXid nextXid = new NextXid();
    private final List<EndedTransaction> ends;
    private final List<Stop> stops = new ArrayList<>();
    private @Nullable WalRecord before;
    private boolean committed;

    private SweepCourse(BackupBounds backup, Prediction whole) {
        this.whole = whole;
        this.consistency = new Consistency(backup);
        this.ends = Stream.concat(whole.applied().stream(), whole.notApplied().stream())
                .toList();
    }

    /**
     * Reads the WAL from the backup's redo position to where the restore ends.
     *
     * @param wal reads the WAL along the timeline path of the restore
     * @param whole what the oracle said of the restore, and so of all transactions in the WAL
     */
    public static SweepCourse read(WalReader wal, BackupBounds backup, Prediction whole) throws IOException {
        SweepCourse course = new SweepCourse(backup, whole);
        wal.read(backup.redo(), course::replay);
        course.follow(null);
        return course;
    }

    /** The same of records that were read already. */
    static SweepCourse of(Iterable<WalRecord> records, BackupBounds backup, Prediction whole) {
        SweepCourse course = new SweepCourse(backup, whole);
        for (WalRecord record : records) {
            if (!course.replay(record)) {
                break;
            }
        }
        course.follow(null);
        return course;
    }

    private boolean replay(WalRecord record) {
        follow(record);
        if (record.end().isAfter(whole.endLsn())) {
            return false;
        }
        nextXid.replayed(record);
        consistency.replayed(record);
        committed |= record.entry() instanceof WalEntry.TransactionEnd end
                && end.kind().commits();
        before = record;
        return true;
    }

    /** Only the next record tells whether the one before it was the last of its timeline, or of all. */
    private void follow(@Nullable WalRecord next) {
        WalRecord last = before;
        before = null;
        if (last != null && consistency.isReached() && makesADifference(last, next)) {
            stops.add(new Stop(last, next, whole.nextXidAtRedo().map(nextXid::after)));
        }
    }

    private boolean makesADifference(WalRecord last, @Nullable WalRecord next) {
        if (last.end().equals(whole.endLsn())) {
            return true;
        }
        if (!committed) {
            return false; // no transaction could tell this position from the backup's
        }
        WalEntry entry = last.entry();
        return (entry instanceof WalEntry.TransactionEnd end && end.kind() != WalEntry.Kind.ABORT)
                || entry instanceof WalEntry.Prepare
                || entry instanceof WalEntry.RestorePoint
                || (next != null && !next.timeline().equals(last.timeline()));
    }

    /** In WAL order. */
    List<Stop> stops() {
        return stops;
    }

    /** What the oracle says of a stop: as it would of an exclusive target at its position. */
    Prediction at(Stop stop) {
        int applied = endedBy(stop.end());
        return new Prediction(
                new RecoveryTarget.AtLsn(stop.end(), false),
                Reach.REACHED,
                stop.last(),
                stop.next(),
                ends.subList(0, applied),
                ends.subList(applied, ends.size()),
                whole.nextXidAtRedo(),
                whole.checkpointTime(),
                whole.limits(),
                whole.latestTime(),
                whole.walEnd(),
                true,
                stop.nextXid(),
                stop.end(),
                false);
    }

    /** How many transactions have ended where the WAL is replayed up to {@code position}. */
    private int endedBy(Lsn position) {
        int low = 0;
        int high = ends.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends.get(middle).end().isAfter(position)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
