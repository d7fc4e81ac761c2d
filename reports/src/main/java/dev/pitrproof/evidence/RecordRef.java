package dev.pitrproof.evidence;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record in the WAL.
 *
 * @param kind in words: {@code commit}, {@code abort}, {@code restore point}, {@code checkpoint} …
 * @param xid the full transaction id, null when the record belongs to none
 * @param time the time in the record, null when it carries none
 * @param lsn where the record begins
 * @param endLsn where the next one begins, null when unknown
 */
public record RecordRef(
        String kind,
        @Nullable Long xid,
        @Nullable Instant time,
        String lsn,
        @Nullable String endLsn) {
    public RecordRef {
        Components.present(kind, "record.kind");
        Components.present(lsn, "record.lsn");
    }
}
