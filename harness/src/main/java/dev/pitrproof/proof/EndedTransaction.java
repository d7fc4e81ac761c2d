package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import java.time.Instant;
import java.util.List;

/**
 * A transaction end as the WAL records it, with its xid widened to 64 bits.
 *
 * @param kind commit, abort, commit prepared or abort prepared
 * @param xid the transaction's xid with its epoch in the high half, 64 bits
 * @param subxids the sub-transactions that ended with it, widened likewise
 * @param time the record's own timestamp, microseconds
 * @param lsn the start of the record
 * @param end the position behind the record
 */
public record EndedTransaction(
        WalEntry.Kind kind, long xid, List<Long> subxids, Instant time, Lsn lsn, Lsn end, TimelineId timeline) {

    public boolean committed() {
        return kind.commits();
    }
}
