package dev.pitrproof.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the WAL along a timeline's path, one at a time, each with its header checked as
 * {@code XLogReaderValidatePageHeader} of xlogreader.c does, and against the timeline that must own it.
 *
 * <p>Bytes come through a window of 64 kB that is used again and again: small enough for the processor's cache, large
 * enough that reading costs nothing.
 */
final class WalPages {

    /** {@code XLOG_BLCKSZ}, which the long page header confirms. */
    static final int PAGE_BYTES = 8192;

    private static final int WINDOW_BYTES = 8 * PAGE_BYTES;

    private final SegmentSource source;
    private final TimelineHistory history;
    private final Owner owner;
    private final SegmentPath path;
    private final int segmentSize;
    private final PageHeader header;
    private final byte[] window = new byte[WINDOW_BYTES];
    private final ByteBuffer windowBuffer = ByteBuffer.wrap(window);
    private final byte[] firstHeader = new byte[PageHeader.LONG_BYTES];

    private @Nullable SegmentName segment;
    /** Where the open file begins. */
    private long fileBegin;
    /** Where the open file's timeline is left, unsigned: from there on another file is the right one. */
    private long fileEnd;
    /** Unsigned position of the window's first byte, -1 when the window is empty. */
    private long windowStart = -1;

    private int windowLength;
    /** Unsigned position of the current page, -1 when there is none. */
    private long page = -1;

    WalPages(SegmentSource source, TimelineHistory history, int segmentSize, OptionalLong systemIdentifier) {
        this.source = source;
        this.history = history;
        this.owner = new Owner(history);
        this.path = new SegmentPath(source, history, segmentSize);
        this.segmentSize = segmentSize;
        this.header = new PageHeader(segmentSize, systemIdentifier);
    }

    /** Forgets the bytes that were read, for the files may have grown; what is known of the log remains. */
    void forgetBytes() {
        segment = null;
        windowStart = -1;
        page = -1;
    }

    /** Makes the page with the byte at {@code position} the current one. */
    void open(long position) throws EndOfWal, IOException {
        long address = position & -PAGE_BYTES;
        if (address == page && Long.compareUnsigned(position, fileEnd) < 0) {
            return;
        }
        page = -1;
        SegmentName file = segment;
        if (file == null || !isInside(position)) {
            file = openSegment(position);
        }
        long start = address & -WINDOW_BYTES;
        if (start != windowStart) {
            load(file, start);
        }
        validate(file, window, (int) (address - windowStart), windowLength, address);
        page = address;
    }

    private boolean isInside(long position) {
        return Long.compareUnsigned(position - fileBegin, segmentSize) < 0
                && Long.compareUnsigned(position, fileEnd) < 0;
    }

    private SegmentName openSegment(long position) throws EndOfWal, IOException {
        segment = null;
        windowStart = -1;
        SegmentName file = path.choose(new Lsn(position));
        fileBegin = file.start().value();
        fileEnd = history.endOf(file.timeline()).orElse(Lsn.LAST).value();
        // as WALRead does on a new segment: its first page tells whose it is, whatever page is wanted
        ByteBuffer header = ByteBuffer.wrap(firstHeader);
        readFully(file, 0, header);
        validate(file, firstHeader, 0, header.position(), fileBegin);
        if (source.read(file, segmentSize, ByteBuffer.allocate(1)) > 0) {
            throw EndOfWal.invalid(
                    file, file.end().value(), "a file of " + segmentSize + " bytes", "a longer file", false);
        }
        segment = file;
        return file;
    }

    private void load(SegmentName file, long start) throws IOException {
        windowBuffer.clear();
        readFully(file, start - fileBegin, windowBuffer);
        windowLength = windowBuffer.position();
        windowStart = start;
    }

    private void readFully(SegmentName file, long offset, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (source.read(file, offset + into.position(), into) < 0) {
                return;
            }
        }
    }

    private void validate(SegmentName file, byte[] bytes, int index, int length, long address)
            throws EndOfWal, IOException {
        int available = length - index;
        if (available < PageHeader.SHORT_BYTES
                || (address == file.start().value() && available < PageHeader.LONG_BYTES)) {
            throw truncated(file, address, Math.max(available, 0));
        }
        PageHeader.Mismatch mismatch = header.validate(bytes, index, address, owner.at(address));
        if (mismatch != null) {
            OptionalLong foreign = mismatch.foreignSystemIdentifier();
            if (foreign.isPresent()) {
                throw new EndOfWal(validThrough -> new WalEnd.ForeignSystem(
                        validThrough, file, header.systemIdentifier().orElse(0), foreign.getAsLong()));
            }
            boolean plausibleEnd = mismatch.isEmptyOrRecycled() && !continuesBehind(file, address);
            throw EndOfWal.invalid(file, address, mismatch.expected(), mismatch.found(), plausibleEnd);
        }
    }

    private static EndOfWal truncated(SegmentName file, long address, int available) {
        long length = address - file.start().value() + available;
        return EndOfWal.invalid(
                file,
                address + available,
                "a file of " + file.segmentSize() + " bytes",
                "the end of the file after " + length + " bytes",
                false);
    }

    /** For a record that needs bytes of the current page which the file does not have. */
    EndOfWal truncated() {
        return truncated(segment(), page, length());
    }

    EndOfWal invalid(long at, String expected, String found) {
        return EndOfWal.invalid(segment(), at, expected, found, false);
    }

    /** For zeros where a record should start at {@code at} in the current page: the end of what was ever written? */
    EndOfWal empty(long at, String expected, String found) throws IOException {
        boolean zeros = isZero(indexOf(at), index() + length());
        return EndOfWal.invalid(segment(), at, expected, found, zeros && !continuesBehind(segment(), page));
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (window[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether WAL goes on behind the page at {@code address}, so that this page cannot be the end of it. */
    private boolean continuesBehind(SegmentName file, long address) throws IOException {
        byte[] bytes = new byte[PageHeader.SHORT_BYTES];
        long end = file.end().value();
        for (long later = address + PAGE_BYTES; later != end; later += PAGE_BYTES) {
            if (isPageOf(file, later, bytes)) {
                return true;
            }
        }
        SegmentName next = SegmentName.holding(history.timelineAt(file.end()), file.end(), segmentSize);
        return source.has(next) && isPageOf(next, end, bytes);
    }

    private boolean isPageOf(SegmentName file, long address, byte[] bytes) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(bytes);
        readFully(file, address - file.start().value(), into);
        return !into.hasRemaining() && header.isAt(bytes, address);
    }

    SegmentName segment() {
        SegmentName file = segment;
        if (file == null) {
            throw new IllegalStateException("no page is open");
        }
        return file;
    }

    WalVersion version() {
        return header.version();
    }

    /** The bytes the current page is in. */
    byte[] bytes() {
        return window;
    }

    /** Position of the current page. */
    long address() {
        return page;
    }

    /** Where in {@link #bytes()} the current page begins. */
    int index() {
        return (int) (page - windowStart);
    }

    int indexOf(long position) {
        return (int) (position - windowStart);
    }

    /** How many bytes the current page has: fewer than a page's only at the end of a truncated file. */
    int length() {
        return Math.min(PAGE_BYTES, windowLength - index());
    }

    int headerBytes() {
        return PageHeader.bytes(window, index());
    }

    /** {@code XLP_FIRST_IS_CONTRECORD}: the page begins with the rest of a record. */
    boolean startsWithContinuation() {
        return PageHeader.startsWithContinuation(window, index());
    }

    /** {@code XLP_FIRST_IS_OVERWRITE_CONTRECORD}: the record that ran into this page was given up after a crash. */
    boolean startsWithOverwriteContrecord() {
        return PageHeader.startsWithOverwriteContrecord(window, index());
    }

    /** {@code xlp_rem_len}: bytes of the continued record from here on, on this and on further pages. */
    long remainingLength() {
        return PageHeader.remainingLength(window, index());
    }

    static String hexadecimal(int value) {
        return String.format(Locale.ROOT, "%04X", value);
    }
}
