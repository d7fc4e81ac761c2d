package dev.pitrproof.archive;

import dev.pitrproof.compression.DecodingStream;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What the first bytes of a segment tell about the cluster that wrote it: {@code XLogLongPageHeaderData} of
 * xlog_internal.h.
 *
 * @param timeline unsigned: of the first record on the page, which may be an ancestor of the one in the file's name; 0 in
 *     no real file
 * @param pageAddress where in the log the segment begins, which a recycled file tells otherwise than its name
 */
record SegmentHeader(WalVersion version, long systemIdentifier, int segmentSize, int timeline, Lsn pageAddress) {

    static final int BYTES = 40;
    private static final int LONG_HEADER = 0x0002;
    private static final int SMALLEST = 1 << 20;
    private static final int LARGEST = 1 << 30;

    /** Empty if the file's content does not begin with such a header. */
    static Optional<SegmentHeader> read(ArchivedFile file) throws IOException {
        byte[] beginning = new byte[BYTES];
        try (DecodingStream content = file.content()) {
            if (content.readFully(beginning) < BYTES) {
                return Optional.empty();
            }
        }
        return of(beginning);
    }

    /** Empty if the bytes, at least 40, are no such header. */
    static Optional<SegmentHeader> of(byte[] beginning) {
        ByteBuffer bytes = ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN);
        Optional<WalVersion> version = WalVersion.ofPageMagic(bytes.getShort(0) & 0xFFFF);
        int segmentSize = bytes.getInt(32);
        boolean plausible = (bytes.getShort(2) & LONG_HEADER) != 0
                && Integer.bitCount(segmentSize) == 1
                && segmentSize >= SMALLEST
                && segmentSize <= LARGEST;
        return plausible && version.isPresent()
                ? Optional.of(new SegmentHeader(
                        version.get(), bytes.getLong(24), segmentSize, bytes.getInt(4), new Lsn(bytes.getLong(8))))
                : Optional.empty();
    }
}
