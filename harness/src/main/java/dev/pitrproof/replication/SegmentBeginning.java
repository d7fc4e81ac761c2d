package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Looks at the first bytes of each segment, in whatever pieces they come: {@code XLogLongPageHeaderData} (xlog_internal.h)
 * says of which cluster and which place the segment is. What is of another is not worth being kept.
 */
final class SegmentBeginning {

    private static final int BYTES = 40;
    private static final int LONG_HEADER = 0x2;
    private static final int FLAGS_AT = 2;
    private static final int ADDRESS_AT = 8;
    private static final int SYSTEM_AT = 24;
    private static final int SEGMENT_SIZE_AT = 32;

    private final long systemIdentifier;
    private final ByteBuffer seen = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** @param systemIdentifier that of the server, as it says itself */
    SegmentBeginning(long systemIdentifier) {
        this.systemIdentifier = systemIdentifier;
    }

    /**
     * Looks at the next bytes, which are left as they are.
     *
     * @param at where they belong, which is in this segment and behind the bytes before
     */
    void check(SegmentName segment, Lsn at, ByteBuffer data) throws ReplicationException {
        long offset = at.minus(segment.start());
        if (offset >= BYTES) {
            return;
        }
        seen.position((int) offset);
        ByteBuffer piece = data.duplicate();
        piece.limit(piece.position() + Math.min(piece.remaining(), seen.remaining()));
        seen.put(piece);
        if (!seen.hasRemaining()) {
            requireOf(segment);
        }
    }

    private void requireOf(SegmentName segment) throws ReplicationException {
        if ((seen.getShort(FLAGS_AT) & LONG_HEADER) == 0) {
            throw new ReplicationException("what the server sent from " + segment.start()
                    + " is no WAL: expected a segment to begin with a long page header");
        }
        Lsn address = new Lsn(seen.getLong(ADDRESS_AT));
        if (!address.equals(segment.start())) {
            throw new ReplicationException(
                    "the server sent WAL of " + address + ": expected that of " + segment.start());
        }
        long system = seen.getLong(SYSTEM_AT);
        if (system != systemIdentifier) {
            throw new ReplicationException("the server sent WAL of system " + Long.toUnsignedString(system)
                    + ": expected that of its own, " + Long.toUnsignedString(systemIdentifier));
        }
        int size = seen.getInt(SEGMENT_SIZE_AT);
        if (size != segment.segmentSize()) {
            throw new ReplicationException("the server sent WAL with segments of " + Integer.toUnsignedString(size)
                    + " bytes: expected " + segment.segmentSize());
        }
    }
}
