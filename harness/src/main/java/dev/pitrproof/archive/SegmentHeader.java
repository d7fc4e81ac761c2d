package dev.pitrproof.archive;

import dev.pitrproof.wal.WalVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What the first bytes of a segment tell about the cluster that wrote it: {@code XLogLongPageHeaderData} of
 * xlog_internal.h.
 */
record SegmentHeader(WalVersion version, long systemIdentifier, int segmentSize) {

    private static final int BYTES = 40;
    private static final int LONG_HEADER = 0x0002;
    private static final int SMALLEST = 1 << 20;
    private static final int LARGEST = 1 << 30;

    /** Empty if the file does not begin with such a header. */
    static Optional<SegmentHeader> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // a file may be read in pieces
            }
        }
        if (bytes.hasRemaining()) {
            return Optional.empty();
        }
        Optional<WalVersion> version = WalVersion.ofPageMagic(bytes.getShort(0) & 0xFFFF);
        int segmentSize = bytes.getInt(32);
        boolean plausible = (bytes.getShort(2) & LONG_HEADER) != 0
                && Integer.bitCount(segmentSize) == 1
                && segmentSize >= SMALLEST
                && segmentSize <= LARGEST;
        return plausible
                ? version.map(known -> new SegmentHeader(known, bytes.getLong(24), segmentSize))
                : Optional.empty();
    }
}
