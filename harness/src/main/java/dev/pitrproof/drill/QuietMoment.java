package dev.pitrproof.drill;

import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.wal.Lsn;
import java.time.Instant;

/**
 * A moment of a source at which it was read, with a few milliseconds on both sides in which the reader did nothing else.
 *
 * @param time the source's clock, microseconds
 * @param lsn the source's insert position
 * @param nextXid the xid that the source would assign next, with epoch
 */
public record QuietMoment(Instant time, Lsn lsn, long nextXid) {

    /** Recovery up to this moment. */
    public RecoveryTarget target() {
        return new RecoveryTarget.Time(time, true);
    }

    @Override
    public String toString() {
        return time + " (" + lsn + ")";
    }
}
