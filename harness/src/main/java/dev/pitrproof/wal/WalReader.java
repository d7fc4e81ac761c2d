package dev.pitrproof.wal;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

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

    /** Behind every position, unsigned. */
    private static final long END_OF_LOG = -1;

    private final SegmentSource source;
    private final TimelineHistory history;
    private final int segmentSize;
    private final OptionalLong systemIdentifier;
    private WalPages pages;
    private RecordReader records;
    private long recordsRead;

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
        this.pages = new WalPages(source, history, segmentSize, systemIdentifier);
        this.records = new RecordReader(pages, history, segmentSize);
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
        pages = new WalPages(source, history, segmentSize, systemIdentifier);
        records = new RecordReader(pages, history, segmentSize);
        return new Stretch(from, END_OF_LOG, visitor, false).readFrom(true).end();
    }

    /**
     * Reads the records that start in a stretch of the log and checks each, but makes an object only of those that say
     * something: the visitor gets the first record, whatever it is, and then those that are not {@link WalEntry.Other}.
     * The version and the cluster of an earlier stretch are expected in this one.
     *
     * @param from as for {@link #read}
     * @param until where the stretch ends: {@link WalEnd.Stopped} tells that all of it was read
     */
    public WalStretch readStretch(Lsn from, Lsn until, Predicate<WalRecord> visitor) throws IOException {
        pages.forgetBytes();
        return new Stretch(from, until.value(), visitor, true).readFrom(true);
    }

    /**
     * As {@link #readStretch}, for a stretch whose first page begins at {@code from}: if its first record cannot be
     * found from that page on, what lies before is not read in order to find it.
     */
    public WalStretch readStretchOfPages(Lsn from, Lsn until, Predicate<WalRecord> visitor) throws IOException {
        pages.forgetBytes();
        return new Stretch(from, until.value(), visitor, true).readFrom(false);
    }

    /**
     * As {@link #readStretch}, from the end of a record on.
     *
     * @param previousStart where that record starts: the first one must be linked to it
     */
    public WalStretch resume(Lsn end, Lsn previousStart, Lsn until, Predicate<WalRecord> visitor) throws IOException {
        pages.forgetBytes();
        return new Stretch(end, until.value(), visitor, true).resume(previousStart.value());
    }

    /** How many records the last reading has read so far or read in all, those included that nobody got to see. */
    public long recordsRead() {
        return recordsRead;
    }

    /** One reading. */
    private final class Stretch {

        private final Lsn from;
        private final long until;
        private final Predicate<WalRecord> visitor;
        private final boolean onlyInterpreted;
        private final TimelineBegin timelineBegin = new TimelineBegin(segmentSize);
        private long validThrough;
        /** Where the record starts that ends at {@link #validThrough}; 0 before the first. */
        private long lastStart;

        Stretch(Lsn from, long until, Predicate<WalRecord> visitor, boolean onlyInterpreted) {
            this.from = from;
            this.until = until;
            this.visitor = visitor;
            this.onlyInterpreted = onlyInterpreted;
            this.validThrough = from.value();
            recordsRead = 0;
        }

        WalStretch readFrom(boolean alsoFromSegment) throws IOException {
            try {
                return first(alsoFromSegment) ? visitAll() : stopped();
            } catch (EndOfWal end) {
                return ended(end);
            }
        }

        WalStretch resume(long previousStart) throws IOException {
            lastStart = previousStart;
            try {
                if (Long.compareUnsigned(validThrough, until) >= 0) {
                    return stopped();
                }
                records.next(validThrough, previousStart);
                return visitAll();
            } catch (EndOfWal end) {
                return ended(end);
            }
        }

        /** Visits the record just read and all behind it. */
        private WalStretch visitAll() throws EndOfWal, IOException {
            boolean goesOn = true;
            while (goesOn && Long.compareUnsigned(records.start(), until) < 0) {
                goesOn = visitPage();
            }
            return stopped();
        }

        /**
         * Visits the record just read and the others of its page, and reads the first one behind; false if the stretch is
         * over. A method of its own, for the quick compiler is slow to notice a loop that is entered seldom.
         */
        private boolean visitPage() throws EndOfWal, IOException {
            do {
                if (!visit()) {
                    return false;
                }
                if (onlyInterpreted) {
                    accept(records.passOver(until));
                }
            } while (onlyInterpreted && records.takeVerified());
            if (Long.compareUnsigned(validThrough, until) >= 0) {
                return false;
            }
            records.next(validThrough, lastStart);
            return true;
        }

        /** False if the visitor wants no more. */
        private boolean visit() throws EndOfWal {
            boolean wanted = recordsRead == 0 || !onlyInterpreted || records.isInterpreted();
            WalRecord record = wanted ? records.record() : null;
            if (record != null && !onlyInterpreted) { // it takes all records
                timelineBegin.verify(record);
            }
            accept(1);
            return record == null || visitor.test(record);
        }

        private void accept(int recordsMore) {
            recordsRead += recordsMore;
            validThrough = records.end();
            lastStart = records.start();
        }

        private WalStretch stopped() {
            return stretch(new WalEnd.Stopped(new Lsn(validThrough)));
        }

        private WalStretch ended(EndOfWal end) {
            return stretch(end.after(new Lsn(validThrough)));
        }

        private WalStretch stretch(WalEnd end) {
            return new WalStretch(end, lastStart == 0 ? Optional.empty() : Optional.of(new Lsn(lastStart)));
        }

        /**
         * Reads the first record that starts at or behind {@link #from}. A position that carries a record with a right
         * checksum is a record's start; else the start is looked for from the page's beginning, as
         * {@code XLogFindNextRecord} does, and if the page is the empty one behind a segment switch, from the segment's.
         *
         * @return false if the record starts behind the stretch
         */
        private boolean first(boolean alsoFromSegment) throws EndOfWal, IOException {
            if (isRecord(from.value())) {
                return true;
            }
            try {
                return walk(from.value() & -WalPages.PAGE_BYTES);
            } catch (EndOfWal fromPage) {
                if (!alsoFromSegment) {
                    throw fromPage;
                }
                try {
                    return walk(from.value() & -segmentSize);
                } catch (EndOfWal fromSegment) {
                    throw fromPage;
                }
            }
        }

        private boolean isRecord(long position) throws IOException {
            if ((position & 7) != 0) {
                return false;
            }
            try {
                records.next(position, 0);
                return true;
            } catch (EndOfWal notHere) {
                return false;
            }
        }

        private boolean walk(long page) throws EndOfWal, IOException {
            long start = firstRecordStart(page);
            if (Long.compareUnsigned(start, until) >= 0) {
                return false;
            }
            records.next(start, 0);
            while (Long.compareUnsigned(records.start(), from.value()) < 0) {
                records.next(records.end(), records.start());
            }
            return true;
        }

        /** Passes over the rest of a record that began on an earlier page. */
        private long firstRecordStart(long page) throws EndOfWal, IOException {
            pages.open(page);
            while (pages.startsWithContinuation() && Long.compareUnsigned(pages.address(), until) < 0) {
                long rest = (pages.remainingLength() + 7L) & ~7L;
                if (rest < WalPages.PAGE_BYTES - pages.headerBytes()) {
                    return pages.address() + pages.headerBytes() + rest;
                }
                pages.open(pages.address() + WalPages.PAGE_BYTES);
            }
            return pages.address() + pages.headerBytes();
        }
    }
}
