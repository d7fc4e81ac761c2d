package dev.pitrproof.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes WAL as a server does, for layouts that a real one makes only by chance: records that end exactly with a page,
 * headers split over two pages, positions beyond the signed range.
 */
final class SyntheticWal {

    static final int SEGMENT_SIZE = 1 << 20;
    static final long SYSTEM_IDENTIFIER = 0xF000_0000_1234_5678L;
    private static final int PAGE = 8192;
    private static final int OVERWRITE_CONTRECORD_FLAG = 0x8;
    private static final int REMOVABLE_FLAG = 0x4;

    private final SegmentsInMemory segments = new SegmentsInMemory();
    private final int segmentSize;
    private final WalVersion version;
    private final TimelineId timeline;
    private long position;
    private long previous;
    private final List<Lsn> starts = new ArrayList<>();

    SyntheticWal(WalVersion version, TimelineId timeline, Lsn segmentStart) {
        this(version, timeline, segmentStart, SEGMENT_SIZE);
    }

    /** Begins at any page; then the segment's first page is there too. */
    SyntheticWal(WalVersion version, TimelineId timeline, Lsn begin, int segmentSize) {
        this.version = version;
        this.timeline = timeline;
        this.segmentSize = segmentSize;
        this.position = begin.value() & -segmentSize;
        this.previous = begin.value() - 64;
        pageHeader(0, 0);
        if (position - PageHeader.LONG_BYTES != begin.value()) {
            position = begin.value();
            pageHeader(0, 0);
        }
    }

    /**
     * The log in segments of the size asked for: what is held in memory is the pieces of 1 MB in which there is
     * anything; all else is empty.
     */
    SegmentSource source() {
        return new SegmentSource() {
            private boolean isWritten(SegmentName piece) {
                return segments.has(piece);
            }

            private SegmentName piece(Lsn at) {
                return SegmentName.holding(timeline, at, SEGMENT_SIZE);
            }

            @Override
            public boolean has(SegmentName segment) {
                return segment.timeline().equals(timeline) && isWritten(piece(segment.start()));
            }

            @Override
            public int read(SegmentName segment, long offset, ByteBuffer into) {
                Lsn at = segment.start().plus(offset);
                if (offset >= segmentSize || !has(segment)) {
                    return -1;
                }
                SegmentName piece = piece(at);
                if (isWritten(piece)) {
                    return segments.read(piece, at.minus(piece.start()), into);
                }
                int length = (int) Math.min(into.remaining(), piece.end().minus(at));
                into.put(new byte[length]);
                return length;
            }
        };
    }

    SegmentsInMemory segments() {
        return segments;
    }

    /** Where the records that were written start. */
    List<Lsn> starts() {
        return starts;
    }

    Lsn position() {
        return new Lsn(position);
    }

    /** How many bytes are free on the current page. */
    int freeOnPage() {
        return (int) (PAGE - Long.remainderUnsigned(position, PAGE));
    }

    /** A record of a resource manager that nobody interprets, of exactly this length. */
    SyntheticWal filler(int totalLength) {
        byte[] body = new byte[totalLength - 24];
        boolean isShort = body.length - 2 <= 255;
        body[0] = (byte) (isShort ? 255 : 254);
        if (isShort) {
            body[1] = (byte) (body.length - 2);
        } else {
            wrap(body).putInt(1, body.length - 5);
        }
        return record(10, 0, 7, body);
    }

    /** A record with main data only. */
    SyntheticWal record(int rmid, int info, int xid, ByteBuffer mainData) {
        byte[] body = new byte[5 + mainData.remaining()];
        wrap(body).put((byte) 254).putInt(mainData.remaining()).put(mainData);
        return record(rmid, info, xid, body);
    }

    SyntheticWal commit(int xid) {
        return record(1, 0x00, xid, buffer(8).putLong(0, 1_000_000L));
    }

    private SyntheticWal record(int rmid, int info, int xid, byte[] body) {
        byte[] record = header(24 + body.length, rmid, info, xid, body);
        if (Long.remainderUnsigned(position, PAGE) == 0) {
            pageHeader(0, 0);
        }
        starts.add(new Lsn(position));
        previous = position;
        write(record, record.length);
        position = (position + 7) & ~7L;
        return this;
    }

    /** The first part of a record whose rest was lost in a crash; then what the server writes when it comes up. */
    SyntheticWal abandoned(int totalLength) {
        return abandoned(totalLength, 0);
    }

    /** @param mistake by how many bytes the server is mistaken about the position of the broken record */
    SyntheticWal abandoned(int totalLength, int mistake) {
        byte[] record = header(totalLength, 10, 0, 7, new byte[totalLength - 24]);
        Lsn broken = new Lsn(position);
        int onPage = freeOnPage();
        byte[] page = segment();
        System.arraycopy(record, 0, page, offset(), onPage);
        position += onPage;
        pageHeader(OVERWRITE_CONTRECORD_FLAG, 0);
        ByteBuffer data = buffer(16).putLong(0, broken.value() + mistake);
        return record(0, 0xD0, 0, data);
    }

    private byte[] header(int totalLength, int rmid, int info, int xid, byte[] body) {
        byte[] bytes = new byte[totalLength];
        ByteBuffer record = wrap(bytes);
        record.putInt(totalLength)
                .putInt(xid)
                .putLong(previous)
                .put((byte) info)
                .put((byte) rmid);
        record.position(24).put(body);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 24, totalLength - 24);
        crc.update(bytes, 0, 20);
        record.putInt(20, (int) crc.getValue());
        return bytes;
    }

    private void write(byte[] record, int length) {
        int written = 0;
        while (written < length) {
            if (Long.remainderUnsigned(position, PAGE) == 0) {
                pageHeader(0x1, length - written);
            }
            int piece = Math.min(freeOnPage(), length - written);
            System.arraycopy(record, written, segment(), offset(), piece);
            written += piece;
            position += piece;
        }
    }

    private void pageHeader(int flags, int remainingLength) {
        boolean first = Long.remainderUnsigned(position, segmentSize) == 0;
        SegmentName piece = SegmentName.holding(timeline, new Lsn(position), SEGMENT_SIZE);
        if (!segments.has(piece)) {
            segments.put(piece, new byte[SEGMENT_SIZE]);
        }
        ByteBuffer header = wrap(segment());
        header.position(offset());
        header.putShort((short) version.pageMagic())
                .putShort((short) (flags | REMOVABLE_FLAG | (first ? 0x2 : 0)))
                .putInt(timeline.value())
                .putLong(position)
                .putInt(remainingLength)
                .putInt(0);
        position += 24;
        if (first) {
            header.putLong(SYSTEM_IDENTIFIER).putInt(segmentSize).putInt(PAGE);
            position += 16;
        }
    }

    private byte[] segment() {
        return segments.get(SegmentName.holding(timeline, new Lsn(position), SEGMENT_SIZE));
    }

    private int offset() {
        return (int) Long.remainderUnsigned(position, SEGMENT_SIZE);
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
