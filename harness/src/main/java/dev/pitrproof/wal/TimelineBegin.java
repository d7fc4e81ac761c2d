package dev.pitrproof.wal;

import org.jspecify.annotations.Nullable;

/**
 * Whether what follows a switchpoint was written on the new timeline. The page with the switchpoint is the older
 * timeline's, so no page header tells; but a server begins a timeline with a record that says so.
 *
 * <p>Before it there can only be what {@code StartupXLOG} of xlog.c writes: that an incomplete record is replaced, and a
 * change of {@code full_page_writes}. PostgreSQL itself does not look for the record, and replays the older timeline's WAL
 * from a file of the newer one.
 */
final class TimelineBegin {

    /** {@code XLOG_FPW_CHANGE}. */
    private static final int FULL_PAGE_WRITES_CHANGED = 0x80;

    private final int segmentSize;
    private @Nullable TimelineId last;
    private boolean isDue;

    TimelineBegin(int segmentSize) {
        this.segmentSize = segmentSize;
    }

    /** Looks at a record, the next in the log. */
    void verify(WalRecord record) throws EndOfWal {
        TimelineId owner = record.timeline();
        isDue |= last != null && !owner.equals(last);
        last = owner;
        if (!isDue || begins(owner, record.entry())) {
            isDue = false;
        } else if (!comesBefore(record)) {
            throw EndOfWal.invalid(
                    SegmentName.holding(owner, record.start(), segmentSize),
                    record.start().value(),
                    "the record with which timeline " + owner + " begins",
                    "another one: the file holds another timeline's WAL",
                    false);
        }
    }

    private static boolean begins(TimelineId timeline, WalEntry entry) {
        return (entry instanceof WalEntry.Checkpoint checkpoint
                        && checkpoint.timeline().equals(timeline))
                || (entry instanceof WalEntry.EndOfRecovery recovery
                        && recovery.timeline().equals(timeline));
    }

    private static boolean comesBefore(WalRecord record) {
        return record.entry() instanceof WalEntry.OverwrittenRecord
                || (record.rmid() == WalRecord.RMID_XLOG && (record.info() & 0xF0) == FULL_PAGE_WRITES_CHANGED);
    }
}
