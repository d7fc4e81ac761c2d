package dev.pitrproof.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the decoder gets the bytes of WAL segments; an archive or a {@code pg_wal} directory implements it. */
public interface SegmentSource {

    /** Whether the segment is there. */
    boolean has(SegmentName segment) throws IOException;

    /**
     * Reads bytes of a segment into the space that remains in {@code into}.
     *
     * @param offset where in the segment to begin, in bytes
     * @return how many bytes were read, at least 1; or -1 if the segment has no byte at {@code offset}, because it is
     *     shorter or absent
     */
    int read(SegmentName segment, long offset, ByteBuffer into) throws IOException;
}
