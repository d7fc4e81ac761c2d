package dev.pitrproof.archive;

import dev.pitrproof.compression.DecodingStream;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The segments of an archive that look good from outside. One that cannot be read, or not be decompressed to its end, has
 * no bytes, and is remembered with the reason: what a server could not be given must not count.
 */
final class AuditSource implements SectionSource {

    private final WalArchive archive;
    private final Map<SegmentName, ArchivedFile> good;
    private final LongConsumer read;
    private final Map<SegmentName, IOException> unreadable = new HashMap<>();
    private final Map<SegmentName, DecodingStream.Failure> broken = new HashMap<>();
    private final Map<SegmentName, String> wrongLength = new HashMap<>();

    /** @param read is told the bytes of each segment when somebody begins to read it, in that thread */
    AuditSource(WalArchive archive, Map<SegmentName, ArchivedFile> good, LongConsumer read) {
        this.archive = archive;
        this.good = good;
        this.read = read;
    }

    /** With a memory of its own: what is wrong with a segment is for the one to find who reads from end to end. */
    @Override
    public AuditSource forAnotherThread() {
        return new AuditSource(archive.forAnotherThread(), good, read);
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }

    @Override
    public boolean has(SegmentName segment) {
        return good.containsKey(segment);
    }

    @Override
    public int read(SegmentName segment, long offset, ByteBuffer into) {
        if (!has(segment) || isBad(segment)) {
            return -1;
        }
        if (offset == 0) {
            read.accept(segment.segmentSize());
        }
        try {
            if (offset == 0 && !isWhole(segment)) {
                return -1;
            }
            return archive.read(segment, offset, into);
        } catch (IOException e) {
            unreadable.put(segment, e);
            return -1;
        }
    }

    boolean isBad(SegmentName segment) {
        return unreadable.containsKey(segment) || broken.containsKey(segment) || wrongLength.containsKey(segment);
    }

    private boolean isWhole(SegmentName segment) throws IOException {
        archive.failure(segment).filter(failure -> !isPartial(segment)).ifPresent(it -> broken.put(segment, it));
        long length = archive.length(segment);
        if (!isBad(segment) && length != segment.segmentSize()) {
            wrongLength.put(segment, length < segment.segmentSize() ? "it has " + length + " bytes" : "it has more");
        }
        return !isBad(segment);
    }

    boolean isPartial(SegmentName segment) {
        ArchivedFile file = good.get(segment);
        return file != null && file.partial();
    }

    Set<SegmentName> unreadable() {
        return unreadable.keySet();
    }

    IOException whyUnreadable(SegmentName segment) {
        IOException why = unreadable.get(segment);
        return why == null ? new IOException("it cannot be read") : why;
    }

    /** Whether what is wrong is that something at its end is missing. */
    boolean isTruncated(SegmentName segment) {
        DecodingStream.Failure failure = broken.get(segment);
        return failure != null ? failure.truncated() : !"it has more".equals(wrongLength.get(segment));
    }

    String whyBad(SegmentName segment) {
        DecodingStream.Failure failure = broken.get(segment);
        return failure != null ? failure.message() : String.valueOf(wrongLength.get(segment));
    }
}
