package dev.pitrproof.find;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.time.Instant;
import java.util.List;

/**
 * A commit in the WAL.
 *
 * @param xid unsigned 32 bits, which is what a target is compared with
 * @param time the record's own, microseconds
 * @param lsn the record's start
 * @param end the position behind it
 */
public record Commit(int xid, Instant time, Lsn lsn, Lsn end, TimelineId timeline) {

    /** The options that let recovery stop just before it, each of which does alone; the timeline belongs to both. */
    public List<String> targetsBefore() {
        return List.of(
                "--target-xid " + Integer.toUnsignedString(xid) + " --target-exclusive --target-timeline " + timeline,
                "--target-lsn " + lsn + " --target-exclusive --target-timeline " + timeline);
    }
}
