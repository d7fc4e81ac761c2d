package dev.pitrproof.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record at a given position: {@code XLogDecodeNextRecord} of xlogreader.c.
 *
 * <p>A record inside one page is checked where it lies. One that runs over pages is checked piece by piece; its bytes
 * are put together only if somebody interprets them, and only as they arrive, so that a length that is garbage costs
 * nothing.
 */
final class RecordReader {

    private static final int HEADER_BYTES = RecordDecoder.HEADER_BYTES;
    private static final int CRC_OFFSET = 20;

    /** {@code MaxAllocSize}: the server cannot read a longer record either. */
    private static final int LENGTH_MAX = 0x3FFFFFFF;

    private final WalPages pages;
    private final TimelineHistory history;
    private final int segmentSize;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private TimelineId owner;
    /** The stretch of the log that {@link #owner} owns, unsigned; empty at first. */
    private long ownerBegin;

    private long ownerEnd;
    private ByteBuffer assembled = ByteBuffer.allocate(2 * WalPages.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    RecordReader(WalPages pages, TimelineHistory history, int segmentSize) {
        this.pages = pages;
        this.history = history;
        this.segmentSize = segmentSize;
        this.owner = history.timeline();
    }

    /**
     * Reads the record at {@code position}, or behind the page header if a page begins there.
     *
     * @param previous the start of the record before, null if that is not known
     */
    WalRecord read(long position, @Nullable Lsn previous) throws EndOfWal, IOException {
        long at = position;
        long abandoned = 0;
        while (true) {
            pages.open(at);
            long start = recordStart(at);
            int onPage = (int) (pages.address() + pages.length() - start);
            int totalLength = totalLength(start, onPage);
            WalRecord record = totalLength <= onPage
                    ? readWhole(start, totalLength, previous)
                    : readAcrossPages(start, totalLength, onPage, previous);
            if (record != null) {
                if (abandoned != 0) {
                    verifyOverwrite(record, abandoned);
                }
                return record;
            }
            abandoned = start;
            at = pages.address();
        }
    }

    private long recordStart(long position) throws EndOfWal {
        long first = pages.address() + pages.headerBytes();
        long start = position == pages.address() ? first : position;
        if (Long.compareUnsigned(start, first) < 0) {
            throw pages.invalid(start, "the start of a record", "the inside of a page header");
        }
        if (start == first && pages.startsWithContinuation()) {
            throw pages.invalid(start, "the start of a record", "the rest of an earlier record");
        }
        return start;
    }

    private int totalLength(long start, int onPage) throws EndOfWal, IOException {
        if (onPage < Long.BYTES) {
            throw pages.truncated();
        }
        int totalLength = pages.bytes().getInt(pages.indexOf(start));
        if (totalLength >= HEADER_BYTES && totalLength <= LENGTH_MAX) {
            return totalLength;
        }
        String expected = "a record length of at least " + HEADER_BYTES;
        String found = "length " + Integer.toUnsignedString(totalLength);
        throw totalLength == 0
                ? pages.empty(start, expected, found)
                : pages.invalid(
                        start,
                        totalLength < 0 || totalLength > LENGTH_MAX
                                ? "a record length of at most " + LENGTH_MAX
                                : expected,
                        found);
    }

    private WalRecord readWhole(long start, int totalLength, @Nullable Lsn previous) throws EndOfWal, IOException {
        ByteBuffer bytes = pages.bytes();
        int index = pages.indexOf(start);
        verifyHeader(bytes, index, start, previous);
        crc.reset();
        update(bytes, index + HEADER_BYTES, totalLength - HEADER_BYTES);
        verifyCrc(bytes, index, start);
        return record(bytes, index, start, start + align(totalLength), previous, bytes, index);
    }

    /** Null if the record was never completed and the page it would go on in says so. */
    private @Nullable WalRecord readAcrossPages(long start, int totalLength, int onPage, @Nullable Lsn previous)
            throws EndOfWal, IOException {
        if (pages.length() < WalPages.PAGE_BYTES) {
            throw pages.truncated();
        }
        crc.reset();
        header.clear();
        assembled.clear();
        take(pages.indexOf(start), onPage, start, previous);
        int left = totalLength - onPage;
        long end = start;
        while (left > 0) {
            pages.open(pages.address() + WalPages.PAGE_BYTES);
            if (pages.startsWithOverwriteContrecord()) {
                return null;
            }
            verifyContinuation(start, left);
            int headerBytes = pages.headerBytes();
            int piece = Math.min(left, WalPages.PAGE_BYTES - headerBytes);
            if (pages.length() < headerBytes + piece) {
                throw pages.truncated();
            }
            take(pages.index() + headerBytes, piece, start, previous);
            left -= piece;
            end = pages.address() + headerBytes + align(piece);
        }
        verifyCrc(header, 0, start);
        return record(header, 0, start, end, previous, assembled, 0);
    }

    private void verifyContinuation(long start, int left) throws EndOfWal {
        if (pages.startsWithContinuation() && pages.remainingLength() == left) {
            return;
        }
        String found = pages.startsWithContinuation()
                ? "a remaining length of " + pages.remainingLength()
                : "no continuation of a record";
        throw pages.invalid(
                start,
                "the record's last " + left + " bytes to go on at " + new Lsn(pages.address()),
                found + " on that page");
    }

    /** Takes a piece of a record that runs over pages: into the header, the checksum and, if wanted, the whole. */
    private void take(int index, int length, long start, @Nullable Lsn previous) throws EndOfWal {
        ByteBuffer bytes = pages.bytes();
        int ofHeader = Math.min(header.remaining(), length);
        if (ofHeader > 0) {
            header.put(bytes.duplicate().limit(index + ofHeader).position(index));
            if (header.hasRemaining()) {
                return;
            }
            verifyHeader(header, 0, start, previous);
            append(header.duplicate().flip());
        }
        update(bytes, index + ofHeader, length - ofHeader);
        append(bytes.duplicate().limit(index + length).position(index + ofHeader));
    }

    private void append(ByteBuffer piece) {
        if (!RecordDecoder.interprets(pages.version(), header.get(17) & 0xFF, header.get(16) & 0xFF)) {
            return;
        }
        if (assembled.remaining() < piece.remaining()) {
            int needed = assembled.position() + piece.remaining();
            assembled = ByteBuffer.allocate(Math.max(needed, 2 * assembled.capacity()))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(assembled.flip());
        }
        assembled.put(piece);
    }

    /** {@code ValidXLogRecordHeader}; the length was looked at before. */
    private void verifyHeader(ByteBuffer bytes, int index, long start, @Nullable Lsn previous) throws EndOfWal {
        int rmid = bytes.get(index + 17) & 0xFF;
        if (!pages.version().hasResourceManager(rmid)) {
            throw pages.invalid(
                    start, "a resource manager of PostgreSQL " + pages.version().major(), "resource manager " + rmid);
        }
        long found = bytes.getLong(index + 8);
        if (previous == null ? Long.compareUnsigned(found, start) >= 0 : found != previous.value()) {
            throw pages.invalid(
                    start,
                    previous == null ? "a link to an earlier record" : "a link to the previous record at " + previous,
                    "a link to " + new Lsn(found));
        }
    }

    private void update(ByteBuffer bytes, int index, int length) {
        bytes.limit(index + length).position(index);
        crc.update(bytes);
        bytes.clear();
    }

    /** {@code ValidXLogRecord}: the checksum is of what follows the header, then of the header before its own field. */
    private void verifyCrc(ByteBuffer bytes, int index, long start) throws EndOfWal {
        update(bytes, index, CRC_OFFSET);
        int found = bytes.getInt(index + CRC_OFFSET);
        if ((int) crc.getValue() != found) {
            throw pages.invalid(
                    start,
                    String.format(Locale.ROOT, "CRC-32C %08X of the record's bytes", crc.getValue()),
                    String.format(Locale.ROOT, "%08X in its header", found));
        }
    }

    private WalRecord record(
            ByteBuffer headerBytes,
            int index,
            long start,
            long end,
            @Nullable Lsn previous,
            ByteBuffer bytes,
            int bytesIndex)
            throws EndOfWal {
        int totalLength = headerBytes.getInt(index);
        int info = headerBytes.get(index + 16) & 0xFF;
        int rmid = headerBytes.get(index + 17) & 0xFF;
        long recordEnd = XlogRecords.isSwitch(rmid, info) ? segmentEnd(end) : end;
        Lsn startLsn = new Lsn(start);
        TimelineId timeline = owner(startLsn, recordEnd);
        try {
            return new WalRecord(
                    startLsn,
                    new Lsn(recordEnd),
                    timeline,
                    headerBytes.getInt(index + 4),
                    previous != null ? previous : new Lsn(headerBytes.getLong(index + 8)),
                    rmid,
                    info,
                    totalLength,
                    RecordDecoder.interprets(pages.version(), rmid, info)
                            ? RecordDecoder.decode(pages.version(), bytes, bytesIndex, totalLength)
                            : RecordDecoder.OTHER);
        } catch (InvalidRecordException e) {
            throw pages.invalid(start, e.expected(), e.found());
        }
    }

    private TimelineId owner(Lsn start, long end) throws EndOfWal {
        long position = start.value();
        if (Long.compareUnsigned(position, ownerBegin) < 0 || Long.compareUnsigned(position, ownerEnd) >= 0) {
            owner = history.timelineAt(start);
            ownerBegin = history.beginOf(owner).map(Lsn::value).orElse(0L);
            ownerEnd = history.endOf(owner).map(Lsn::value).orElse(-1L);
        }
        if (Long.compareUnsigned(end, ownerEnd) > 0) {
            throw pages.invalid(
                    position,
                    "a record that ends at or before " + new Lsn(ownerEnd) + ", where timeline " + owner + " is left",
                    "a record that ends at " + new Lsn(end));
        }
        return owner;
    }

    private void verifyOverwrite(WalRecord record, long abandoned) throws EndOfWal {
        String expected = "a record that replaces the incomplete one at " + new Lsn(abandoned);
        if (!XlogRecords.isOverwriteContrecord(record.rmid(), record.info())) {
            throw pages.invalid(
                    record.start().value(),
                    expected,
                    "a record of resource manager " + record.rmid() + " with info "
                            + WalPages.hexadecimal(record.info()));
        }
    }

    private long segmentEnd(long position) {
        return (position + segmentSize - 1) & -segmentSize;
    }

    private static long align(int length) {
        return (length + 7L) & ~7L;
    }
}
