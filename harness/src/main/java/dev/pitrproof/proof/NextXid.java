package dev.pitrproof.proof;

import dev.pitrproof.wal.WalEntry.Checkpoint;
import dev.pitrproof.wal.WalEntry.Prepare;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import dev.pitrproof.wal.WalRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next xid that a cluster will assign after a replay.
 *
 * <p>Follows {@code AdvanceNextFullTransactionIdPastXid} of varsup.c: behind every xid that a record names, and what a
 * checkpoint says. Xids that were assigned but left no record before the stop are unknown here, as they may be there.
 */
final class NextXid {

    private static final long FIRST_NORMAL = 3;

    private @Nullable Integer highest;
    private long atCheckpoint;

    void replayed(WalRecord record) {
        see(record.xid());
        if (record.entry() instanceof TransactionEnd end) {
            see(end.xid());
            see(end.subxids());
        } else if (record.entry() instanceof Prepare prepare) {
            see(prepare.xid());
            see(prepare.subxids());
        } else if (record.entry() instanceof Checkpoint checkpoint) {
            atCheckpoint = Math.max(atCheckpoint, checkpoint.nextFullXid());
        }
    }

    private void see(List<Integer> xids) {
        xids.forEach(this::see);
    }

    private void see(int xid) {
        if (Integer.toUnsignedLong(xid) >= FIRST_NORMAL && (highest == null || xid - highest > 0)) {
            highest = xid;
        }
    }

    /** With epoch; {@code atStart} is the next xid where the replay began. */
    long after(long atStart) {
        long next = Math.max(atStart, atCheckpoint);
        if (highest != null) {
            next = Math.max(next, Oracle.widen(highest, atStart) + 1);
        }
        // the lowest three of each epoch are never assigned
        return Math.max(next, (next & ~0xFFFF_FFFFL) + FIRST_NORMAL);
    }
}
