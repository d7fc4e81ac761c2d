package dev.pitrproof.evidence;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A transaction, by its end in the WAL.
 *
 * @param kind {@code commit}, {@code abort}, {@code commit prepared}, {@code abort prepared}; null when it goes
 *     without saying
 * @param xid the full transaction id, 64 bits
 * @param time the time in its record
 * @param lsn where the record begins
 */
public record TransactionRef(@Nullable String kind, long xid, Instant time, String lsn) {
    public TransactionRef {
        Components.present(time, "transaction.time");
        Components.present(lsn, "transaction.lsn");
    }
}
