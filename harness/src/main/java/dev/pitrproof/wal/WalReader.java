package dev.pitrproof.wal;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a write-ahead log along the path of one timeline, in order, and stops at the first thing that is
 * not as the server wrote it.
 *
 * <p>Follows xlogreader.c and, for the choice among timelines, xlogrecovery.c: every page header, every record's CRC-32C
 * and its link to the record before are checked. It reads the WAL of PostgreSQL 13 to 18 from little-endian machines. It
 * does not interpret block data, and it does not decide whether an end is damage: see {@link WalEnd.Invalid}.
 *
 * <p>Not for several threads at once; needs 64 kB and the size of the largest transaction or checkpoint record.
 */
public final class WalReader {

    private final SegmentSource source;
    private final TimelineHistory history;
    private final int segmentSize;
    private final OptionalLong systemIdentifier;

    /**
     * @param history the timeline to follow, with the ancestors it came from
     * @param segmentSize bytes per segment
     */
    public WalReader(SegmentSource source, TimelineHistory history, int segmentSize) {
        this(source, history, segmentSize, OptionalLong.empty());
    }

    private WalReader(SegmentSource source, TimelineHistory history, int segmentSize, OptionalLong systemIdentifier) {
        this.source = source;
        this.history = history;
        this.segmentSize = segmentSize;
        this.systemIdentifier = systemIdentifier;
    }

    /** A reader that takes no segment of any other cluster; without it the first segment read sets the cluster. */
    public WalReader expecting(long systemIdentifier) {
        return new WalReader(source, history, segmentSize, OptionalLong.of(systemIdentifier));
    }

    /**
     * Reads all records that start at or behind {@code from}.
     *
     * @param from the start of a record, the end of one, or any other position: then reading begins with the first
     *     record that starts behind it
     * @param visitor gets each record; false ends the reading
     * @return why reading ended, and how far the WAL is valid
     * @throws IOException if a segment that is there cannot be read
     */
    public WalEnd read(Lsn from, Predicate<WalRecord> visitor) throws IOException {
        WalPages pages = new WalPages(source, history, segmentSize, systemIdentifier);
        RecordReader records = new RecordReader(pages, history, segmentSize);
        Lsn validThrough = from;
        try {
            WalRecord record = first(pages, records, from);
            while (true) {
                validThrough = record.end();
                if (!visitor.test(record)) {
                    return new WalEnd.Stopped(validThrough);
                }
                record = records.read(validThrough.value(), record.start());
            }
        } catch (EndOfWal end) {
            return end.after(validThrough);
        }
    }

    /**
     * The first record that starts at or behind {@code from}. A position that carries a record with a right checksum is
     * a record's start; else the start is looked for from the page's beginning, as {@code XLogFindNextRecord} does, and
     * if the page is the empty one behind a segment switch, from the segment's.
     */
    private WalRecord first(WalPages pages, RecordReader records, Lsn from) throws EndOfWal, IOException {
        WalRecord direct = tryRead(records, from);
        if (direct != null) {
            return direct;
        }
        try {
            return walk(pages, records, from.value() & -WalPages.PAGE_BYTES, from);
        } catch (EndOfWal fromPage) {
            long segmentStart = from.value() & -segmentSize;
            try {
                return walk(pages, records, segmentStart, from);
            } catch (EndOfWal fromSegment) {
                throw fromPage;
            }
        }
    }

    private static @Nullable WalRecord tryRead(RecordReader records, Lsn from) throws IOException {
        if ((from.value() & 7) != 0) {
            return null;
        }
        try {
            return records.read(from.value(), null);
        } catch (EndOfWal notHere) {
            return null;
        }
    }

    private static WalRecord walk(WalPages pages, RecordReader records, long page, Lsn from)
            throws EndOfWal, IOException {
        WalRecord record = records.read(firstRecordStart(pages, page), null);
        while (record.start().isBefore(from)) {
            record = records.read(record.end().value(), record.start());
        }
        return record;
    }

    /** Passes over the rest of a record that began on an earlier page. */
    private static long firstRecordStart(WalPages pages, long page) throws EndOfWal, IOException {
        pages.open(page);
        while (pages.startsWithContinuation()) {
            long rest = (pages.remainingLength() + 7L) & ~7L;
            if (rest < WalPages.PAGE_BYTES - pages.headerBytes()) {
                return pages.address() + pages.headerBytes() + rest;
            }
            pages.open(pages.address() + WalPages.PAGE_BYTES);
        }
        return pages.address() + pages.headerBytes();
    }
}
