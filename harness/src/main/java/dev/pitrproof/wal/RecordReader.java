package dev.pitrproof.wal;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;

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
    private final Owner owner;
    private final int segmentSize;
    private final CRC32C crc = new CRC32C();

    // a record that runs over pages
    private final byte[] header = new byte[HEADER_BYTES];
    private int headerLength;
    private byte[] assembled = new byte[2 * WalPages.PAGE_BYTES];
    private int assembledLength;

    // the record read last: in fields, for most records nobody wants an object of
    private long start;
    private long end;
    private int totalLength;
    private int rmid;
    private int info;
    private byte[] headerBytes = header;
    private int headerIndex;
    private byte[] recordBytes = assembled;
    private int recordIndex;
    /** Where {@link #passOver} has found a record for {@link #takeVerified}; -1 if it has not. */
    private int verifiedIndex = -1;

    RecordReader(WalPages pages, TimelineHistory history, int segmentSize) {
        this.pages = pages;
        this.owner = new Owner(history);
        this.segmentSize = segmentSize;
    }

    /**
     * Reads and checks the record at {@code position}, or behind the page header if a page begins there. What it is can
     * be asked for until the next one is read.
     *
     * @param previousStart the start of the record before, 0 if that is not known
     */
    void next(long position, long previousStart) throws EndOfWal, IOException {
        long at = position;
        long abandoned = 0;
        while (true) {
            pages.open(at);
            start = recordStart(at);
            int onPage = (int) (pages.address() + pages.length() - start);
            totalLength = totalLength(onPage);
            boolean replacesAnother =
                    pages.startsWithOverwriteContrecord() && start == pages.address() + pages.headerBytes();
            if (readPieces(onPage, previousStart)) {
                if (replacesAnother || XlogRecords.isOverwriteContrecord(rmid, info)) {
                    verifyOverwrite(replacesAnother, abandoned);
                }
                return;
            }
            abandoned = start;
            at = pages.address();
        }
    }

    /**
     * Passes over the records that follow on the current page, as long as they lie on it whole, all is well with them, and
     * nobody interprets them. One that is interpreted is checked, too, and left to {@link #takeVerified}; whatever else
     * comes is left to {@link #next}, the words for what is wrong with it included.
     *
     * @param until where the last one may end, unsigned
     * @return how many there were; then {@link #start} and {@link #end} are those of the last, and it cannot be asked for
     */
    int passOver(long until) {
        verifiedIndex = -1;
        byte[] bytes = pages.bytes();
        WalVersion version = pages.version();
        int index = pages.indexOf(end);
        int limit = pages.indexOf(least(until, owner.end(), pages.address() + pages.length()));
        long position = end;
        int passed = 0;
        while (limit - index >= HEADER_BYTES) {
            int length = LittleEndian.intAt(bytes, index);
            if (length < HEADER_BYTES || align(length) > limit - index) {
                break;
            }
            int manager = bytes[index + 17] & 0xFF;
            int flags = bytes[index + 16] & 0xFF;
            boolean interpreted = RecordDecoder.interprets(version, manager, flags);
            if (!version.hasResourceManager(manager)
                    || (interpreted && manager == WalRecord.RMID_XLOG) // a switch goes on to the segment's end
                    || LittleEndian.longAt(bytes, index + 8) != start
                    || crc(bytes, index, length) != LittleEndian.intAt(bytes, index + CRC_OFFSET)) {
                break;
            }
            if (interpreted) {
                verifiedIndex = index;
                break;
            }
            start = position;
            position += align(length);
            index += (int) align(length);
            passed++;
        }
        end = position;
        return passed;
    }

    /** Goes on to the record that {@link #passOver} has stopped at and checked; false if there is none. */
    boolean takeVerified() {
        if (verifiedIndex < 0) {
            return false;
        }
        byte[] bytes = pages.bytes();
        totalLength = LittleEndian.intAt(bytes, verifiedIndex);
        start = end;
        end = start + align(totalLength);
        take(bytes, verifiedIndex, bytes, verifiedIndex);
        verifiedIndex = -1;
        return true;
    }

    private static long least(long a, long b, long c) {
        long less = Long.compareUnsigned(a, b) < 0 ? a : b;
        return Long.compareUnsigned(less, c) < 0 ? less : c;
    }

    /** Unsigned position of the record's first byte. */
    long start() {
        return start;
    }

    /** Unsigned position behind the record, {@link WalRecord#end}. */
    long end() {
        return end;
    }

    /** Whether the record says something that {@link WalEntry} has a word for. */
    boolean isInterpreted() {
        return RecordDecoder.interprets(pages.version(), rmid, info);
    }

    /** The record that was read last. */
    WalRecord record() throws EndOfWal {
        return new WalRecord(
                new Lsn(start),
                new Lsn(end),
                owner.timeline(),
                LittleEndian.intAt(headerBytes, headerIndex + 4),
                new Lsn(LittleEndian.longAt(headerBytes, headerIndex + 8)),
                rmid,
                info,
                totalLength,
                isInterpreted() ? entry() : RecordDecoder.OTHER);
    }

    private WalEntry entry() throws EndOfWal {
        try {
            return RecordDecoder.decode(pages.version(), recordBytes, recordIndex, totalLength);
        } catch (InvalidRecordException e) {
            throw pages.invalid(start, e.expected(), e.found());
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

    private int totalLength(int onPage) throws EndOfWal, IOException {
        if (onPage < Long.BYTES) {
            throw pages.truncated();
        }
        int totalLength = LittleEndian.intAt(pages.bytes(), pages.indexOf(start));
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

    /** False if the record was never completed and the page it would go on in says so. */
    private boolean readPieces(int onPage, long previousStart) throws EndOfWal, IOException {
        if (totalLength > onPage) {
            return readAcrossPages(onPage, previousStart);
        }
        readWhole(previousStart);
        return true;
    }

    private void readWhole(long previousStart) throws EndOfWal {
        byte[] bytes = pages.bytes();
        int index = pages.indexOf(start);
        verifyHeader(bytes, index, previousStart);
        verifyCrc(crc(bytes, index, totalLength), bytes, index);
        accept(bytes, index, bytes, index, start + align(totalLength));
    }

    private boolean readAcrossPages(int onPage, long previousStart) throws EndOfWal, IOException {
        if (pages.length() < WalPages.PAGE_BYTES) {
            throw pages.truncated();
        }
        crc.reset();
        headerLength = 0;
        assembledLength = 0;
        take(pages.indexOf(start), onPage, previousStart);
        int left = totalLength - onPage;
        long behind = start;
        while (left > 0) {
            pages.open(pages.address() + WalPages.PAGE_BYTES);
            if (pages.startsWithOverwriteContrecord()) {
                return false;
            }
            verifyContinuation(left);
            int pageHeaderBytes = pages.headerBytes();
            int piece = Math.min(left, WalPages.PAGE_BYTES - pageHeaderBytes);
            if (pages.length() < pageHeaderBytes + piece) {
                throw pages.truncated();
            }
            take(pages.index() + pageHeaderBytes, piece, previousStart);
            left -= piece;
            behind = pages.address() + pageHeaderBytes + align(piece);
        }
        crc.update(header, 0, CRC_OFFSET);
        verifyCrc((int) crc.getValue(), header, 0);
        accept(header, 0, assembled, 0, behind);
        return true;
    }

    private void verifyContinuation(int left) throws EndOfWal {
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
    private void take(int index, int length, long previousStart) throws EndOfWal {
        byte[] bytes = pages.bytes();
        int ofHeader = Math.min(HEADER_BYTES - headerLength, length);
        if (ofHeader > 0) {
            System.arraycopy(bytes, index, header, headerLength, ofHeader);
            headerLength += ofHeader;
            if (headerLength < HEADER_BYTES) {
                return;
            }
            verifyHeader(header, 0, previousStart);
            append(header, 0, HEADER_BYTES);
        }
        crc.update(bytes, index + ofHeader, length - ofHeader);
        append(bytes, index + ofHeader, length - ofHeader);
    }

    private void append(byte[] piece, int index, int length) {
        if (!RecordDecoder.interprets(pages.version(), header[17] & 0xFF, header[16] & 0xFF)) {
            return;
        }
        if (assembled.length - assembledLength < length) {
            assembled = Arrays.copyOf(assembled, Math.max(assembledLength + length, 2 * assembled.length));
        }
        System.arraycopy(piece, index, assembled, assembledLength, length);
        assembledLength += length;
    }

    /** {@code ValidXLogRecordHeader}; the length was looked at before. */
    private void verifyHeader(byte[] bytes, int index, long previousStart) throws EndOfWal {
        int manager = bytes[index + 17] & 0xFF;
        if (!pages.version().hasResourceManager(manager)) {
            throw pages.invalid(
                    start,
                    "a resource manager of PostgreSQL " + pages.version().major(),
                    "resource manager " + manager);
        }
        long found = LittleEndian.longAt(bytes, index + 8);
        if (previousStart == 0 ? Long.compareUnsigned(found, start) >= 0 : found != previousStart) {
            throw pages.invalid(
                    start,
                    previousStart == 0
                            ? "a link to an earlier record"
                            : "a link to the previous record at " + new Lsn(previousStart),
                    "a link to " + new Lsn(found));
        }
    }

    /** {@code ValidXLogRecord}: the checksum is of what follows the header, then of the header before its own field. */
    private int crc(byte[] bytes, int index, int length) {
        crc.reset();
        crc.update(bytes, index + HEADER_BYTES, length - HEADER_BYTES);
        crc.update(bytes, index, CRC_OFFSET);
        return (int) crc.getValue();
    }

    private void verifyCrc(int computed, byte[] header, int index) throws EndOfWal {
        int found = LittleEndian.intAt(header, index + CRC_OFFSET);
        if (computed != found) {
            throw pages.invalid(
                    start,
                    String.format(Locale.ROOT, "CRC-32C %08X of the record's bytes", computed),
                    String.format(Locale.ROOT, "%08X in its header", found));
        }
    }

    private void accept(byte[] header, int index, byte[] whole, int wholeIndex, long behind) throws EndOfWal {
        take(header, index, whole, wholeIndex);
        end = XlogRecords.isSwitch(rmid, info) ? segmentEnd(behind) : behind;
        verifyOwner();
    }

    private void take(byte[] header, int index, byte[] whole, int wholeIndex) {
        info = header[index + 16] & 0xFF;
        rmid = header[index + 17] & 0xFF;
        headerBytes = header;
        headerIndex = index;
        recordBytes = whole;
        recordIndex = wholeIndex;
    }

    private void verifyOwner() throws EndOfWal {
        TimelineId timeline = owner.at(start);
        if (Long.compareUnsigned(end, owner.end()) > 0) {
            throw pages.invalid(
                    start,
                    "a record that ends at or before " + new Lsn(owner.end()) + ", where timeline " + timeline
                            + " is left",
                    "a record that ends at " + new Lsn(end));
        }
    }

    /**
     * {@code VerifyOverwriteContrecord} of xlogrecovery.c, and that the page and its first record agree.
     *
     * @param expected whether the page says that its first record, which this is, replaces an incomplete one
     * @param abandoned where the incomplete record is; 0 if reading began behind it
     */
    private void verifyOverwrite(boolean expected, long abandoned) throws EndOfWal {
        String replacement = "a record that replaces "
                + (abandoned == 0 ? "an incomplete one" : "the incomplete one at " + new Lsn(abandoned));
        String found = "a record of resource manager " + rmid + " with info " + WalPages.hexadecimal(info);
        if (!expected) {
            throw pages.invalid(start, "no " + replacement.substring(2) + " here", found);
        }
        if (!(isInterpreted() && entry() instanceof WalEntry.OverwrittenRecord replaced)) {
            throw pages.invalid(start, replacement, found);
        }
        if (abandoned != 0 && replaced.overwritten().value() != abandoned) {
            throw pages.invalid(start, replacement, "one that replaces that at " + replaced.overwritten());
        }
    }

    private long segmentEnd(long position) {
        return (position + segmentSize - 1) & -segmentSize;
    }

    private static long align(int length) {
        return (length + 7L) & ~7L;
    }
}
