package dev.pitrproof.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What every byte of every segment is for, worked out from the records' positions and lengths alone. Fails where two
 * things claim a byte, or none does.
 */
final class ByteUse {

    enum Use {
        UNSEEN(0),
        PAGE_HEADER(1),
        RECORD(2),
        /** Up to the next multiple of eight. */
        PADDING(3),
        /** The first part of a record whose rest a crash took. */
        OVERWRITTEN(4),
        /** The rest of a record that began before the first segment. */
        BEFORE(5),
        /** Behind a switch, or behind the end. */
        UNUSED(6);

        private final byte code;

        Use(int code) {
            this.code = (byte) code;
        }
    }

    private static final int PAGE = 8192;
    private static final Use[] USES = Use.values();

    private final SegmentsInMemory segments;
    private final int segmentSize;
    private final TreeMap<SegmentName, byte[]> uses = new TreeMap<>();

    ByteUse(SegmentsInMemory segments, int segmentSize) {
        this.segments = segments;
        this.segmentSize = segmentSize;
    }

    /** The file that holds a position of a path: the younger timeline's, if it has one there. */
    Optional<SegmentName> file(TimelineHistory path, long position) {
        List<TimelineId> timelines = path.path();
        for (int i = timelines.size() - 1; i >= 0; i--) {
            SegmentName file = SegmentName.holding(timelines.get(i), new Lsn(position), segmentSize);
            if (segments.has(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    Use at(SegmentName segment, int offset) {
        byte[] use = uses.get(segment);
        return use == null ? Use.UNSEEN : USES[use[offset]];
    }

    long count(Use wanted) {
        long count = 0;
        for (byte[] segment : uses.values()) {
            for (byte use : segment) {
                count += use == wanted.code ? 1 : 0;
            }
        }
        return count;
    }

    /** All bytes that a path goes over, from the segment of its first record on. */
    void account(TimelineHistory path, List<WalRecord> records) {
        long position = records.get(0).start().value() & -segmentSize;
        position = fill(path, position, records.get(0).start().value(), Use.BEFORE);
        for (WalRecord record : records) {
            position = gap(path, position, record);
            int left = record.totalLength();
            while (left > 0) {
                position = header(path, position);
                int piece = (int) Math.min(left, PAGE - position % PAGE);
                mark(path, position, piece, Use.RECORD);
                position += piece;
                left -= piece;
            }
            int padding = (int) (-position & 7);
            mark(path, position, padding, Use.PADDING);
            position += padding;
            if (record.entry() instanceof WalEntry.SegmentSwitch) {
                position = unused(path, position, segmentEnd(position));
            }
            long end = position;
            check(end == record.end().value(), () -> "record at " + record.start() + " ends at " + new Lsn(end));
        }
        position = unused(path, position, segmentEnd(position));
        while (file(path, position).isPresent()) {
            position = unused(path, position, position + segmentSize);
        }
    }

    private long segmentEnd(long position) {
        return (position + segmentSize - 1) & -segmentSize;
    }

    /** What may lie between two records: a page header, or a record that was given up. */
    private long gap(TimelineHistory path, long position, WalRecord next) {
        long start = next.start().value();
        if (position == start) {
            return position;
        }
        if (next.entry() instanceof WalEntry.OverwrittenRecord overwritten) {
            long from = position % PAGE == 0 ? header(path, position) : position;
            check(
                    overwritten.overwritten().value() == from,
                    () -> "the record at " + overwritten.overwritten() + " was given up, and not what is at "
                            + new Lsn(from));
            return fill(path, from, start, Use.OVERWRITTEN);
        }
        long behindHeader = header(path, position);
        check(
                behindHeader == start,
                () -> "nothing accounts for what is between " + new Lsn(position) + " and " + next);
        return behindHeader;
    }

    private long fill(TimelineHistory path, long from, long to, Use use) {
        long position = from;
        while (position < to) {
            position = header(path, position);
            int piece = (int) Math.min(to - position, PAGE - position % PAGE);
            mark(path, position, piece, use);
            position += piece;
        }
        return position;
    }

    /** A part of a segment that must be empty. */
    private long unused(TimelineHistory path, long from, long to) {
        if (from < to) {
            mark(path, from, (int) (to - from), Use.UNUSED);
            SegmentName file = file(path, from).orElseThrow();
            byte[] content = segments.get(file);
            for (long position = from; position < to; position++) {
                if (content[(int) (position % segmentSize)] != 0) {
                    throw new AssertionError("not empty: " + new Lsn(position) + " in " + file);
                }
            }
        }
        return to;
    }

    private long header(TimelineHistory path, long position) {
        if (position % PAGE != 0) {
            return position;
        }
        SegmentName file = file(path, position).orElseThrow();
        int offset = (int) (position % segmentSize);
        ByteBuffer bytes = ByteBuffer.wrap(segments.get(file)).order(ByteOrder.LITTLE_ENDIAN);
        check(bytes.getLong(offset + 8) == position, () -> "no page header at " + new Lsn(position) + " in " + file);
        int length = offset == 0 ? 40 : 24;
        mark(path, position, length, Use.PAGE_HEADER);
        return position + length;
    }

    private void mark(TimelineHistory path, long position, int length, Use use) {
        if (length == 0) {
            return;
        }
        SegmentName file = file(path, position).orElseThrow();
        byte[] marks = uses.computeIfAbsent(file, any -> new byte[segmentSize]);
        int offset = (int) (position % segmentSize);
        for (int i = offset; i < offset + length; i++) {
            if (marks[i] != 0 && marks[i] != use.code) {
                throw new AssertionError(
                        use + " at " + new Lsn(position + i - offset) + " in " + file + " is " + USES[marks[i]]);
            }
            marks[i] = use.code;
        }
    }

    private static void check(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
