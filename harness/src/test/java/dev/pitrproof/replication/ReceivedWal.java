package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** WAL in a receiver's directory, beside that of the server, which still has all of it. */
public final class ReceivedWal {

    private static final int SEGMENT = 1 << 20;

    private ReceivedWal() {}

    /**
     * Fails unless everything is there as the server wrote it, from the beginning of a segment on.
     *
     * @param begin in that segment
     * @param end nothing need be there if it is not behind {@code begin}
     */
    public static void assertHolds(Path directory, LocalServer server, Lsn begin, Lsn end) throws IOException {
        if (!end.isAfter(begin)) {
            return;
        }
        SegmentName first = SegmentName.holding(TimelineId.FIRST, begin, SEGMENT);
        SegmentName last = SegmentName.before(TimelineId.FIRST, end, SEGMENT);
        for (SegmentName each = first; each.compareTo(last) <= 0; each = each.next()) {
            int bytes = (int) Math.min(SEGMENT, end.minus(each.start()));
            Path original = server.dataDirectory().resolve("pg_wal").resolve(each.fileName());
            assertThat(Arrays.mismatch(
                            Arrays.copyOf(content(directory, each), bytes),
                            Arrays.copyOf(Files.readAllBytes(original), bytes)))
                    .as("first difference in %s, of which %d bytes count", each, bytes)
                    .isEqualTo(-1);
        }
    }

    private static byte[] content(Path directory, SegmentName segment) throws IOException {
        Path whole = directory.resolve(segment.fileName());
        Path compressed = directory.resolve(segment.fileName() + ".gz");
        if (Files.exists(compressed)) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
                return in.readAllBytes();
            }
        }
        return Files.readAllBytes(Files.exists(whole) ? whole : directory.resolve(segment.fileName() + ".partial"));
    }
}
