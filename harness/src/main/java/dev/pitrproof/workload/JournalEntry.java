package dev.pitrproof.workload;

import dev.pitrproof.wal.Lsn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of the client to commit a transaction.
 *
 * @param number counts the attempts of a drill from 1
 * @param outcome what the client was told
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
        @Nullable Long xid,
        @Nullable Lsn before,
        @Nullable Lsn after,
        Instant started,
        Instant ended,
        @Nullable String refusal) {

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
