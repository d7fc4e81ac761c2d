package dev.pitrproof.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** Segments a test can damage byte by byte. */
final class SegmentsInMemory implements SegmentSource {

    private final TreeMap<SegmentName, byte[]> segments = new TreeMap<>();

    static SegmentsInMemory of(Path archive, int segmentSize) throws IOException {
        SegmentsInMemory memory = new SegmentsInMemory();
        try (var files = Files.list(archive)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (SegmentName.isSegment(name)) {
                    memory.segments.put(SegmentName.parse(name, segmentSize), Files.readAllBytes(file));
                }
            }
        }
        return memory;
    }

    void put(SegmentName segment, byte[] content) {
        segments.put(segment, content);
    }

    void remove(SegmentName segment) {
        segments.remove(segment);
    }

    byte[] get(SegmentName segment) {
        byte[] content = segments.get(segment);
        if (content == null) {
            throw new IllegalArgumentException("no segment " + segment);
        }
        return content;
    }

    SegmentName first() {
        return segments.firstKey();
    }

    List<SegmentName> segmentsOf(TimelineId timeline) {
        return segments.keySet().stream()
                .filter(segment -> segment.timeline().equals(timeline))
                .toList();
    }

    /** Changes one byte of the log on a timeline. */
    void flip(TimelineId timeline, Lsn position, int segmentSize) {
        SegmentName segment = SegmentName.holding(timeline, position, segmentSize);
        get(segment)[(int) position.minus(segment.start())] ^= 0x10;
    }

    @Override
    public boolean has(SegmentName segment) {
        return segments.containsKey(segment);
    }

    @Override
    public int read(SegmentName segment, long offset, ByteBuffer into) {
        byte[] content = segments.get(segment);
        if (content == null || offset >= content.length) {
            return -1;
        }
        int length = (int) Math.min(into.remaining(), content.length - offset);
        into.put(content, (int) offset, length);
        return length;
    }
}
