package dev.pitrproof.workload;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of the client to commit a transaction.
 *
 * @param number counts the attempts of a drill from 1
 * @param outcome what the client was told
 * @param timeline on which the server wrote at that time
 * @param xid with epoch; null if the server assigned none that the client learnt of
 * @param before a position that the transaction's end record cannot lie before; null if unknown
 * @param after a position that the transaction's end record cannot reach behind; null if unknown
 * @param started when the client began, by its own clock
 * @param ended when the client had its answer, by its own clock
 * @param refusal the SQLSTATE and message of a statement that the server refused; null if none was
 */
public record JournalEntry(
        long number,
        Outcome outcome,
        TimelineId timeline,
        @Nullable Long xid,
        @Nullable Lsn before,
        @Nullable Lsn after,
        Instant started,
        Instant ended,
        @Nullable String refusal) {

    /**
     * Whether it was written on a way through the timelines: not on another branch, nor where the way had left its
     * timeline already. What a primary accepts that nobody follows any more is on no way that leads on from its standby.
     */
    public boolean liesOn(TimelineHistory path) {
        if (!path.path().contains(timeline)) {
            return false;
        }
        Lsn reaches = after == null ? before : after;
        return reaches == null
                || path.endOf(timeline).map(end -> !reaches.isAfter(end)).orElse(true);
    }

    /** What the client knows about its transaction. */
    public enum Outcome {
        /** COMMIT was answered: the transaction must survive. */
        ACKNOWLEDGED,
        /** The server refused a statement and the transaction was rolled back. */
        REFUSED,
        /** The connection broke before COMMIT was answered: either may be true. */
        IN_DOUBT
    }
}
