package dev.pitrproof.archive;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import dev.pitrproof.wal.WalStretch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads a long stretch of an archive with several threads, with exactly the outcome of one {@link WalReader} that reads
 * it from end to end.
 *
 * <p>The stretch is cut into sections; each is read on its own, from the first record that begins in it. A section counts
 * only if its first record is linked to the last one before. Where it is not, or where anything is wrong, the section is
 * read again from the record before, so that it is always the plain reader that says what is wrong.
 *
 * <p>Memory does not grow with the archive: few sections are read ahead, and each waits when some 2000 records of it wait
 * to be taken over.
 */
final class ParallelReader {

    private static final int PAGE_BYTES = 8192;
    private static final int SHORT_HEADER_BYTES = 24;
    private static final int LONG_HEADER_BYTES = 40;

    private final SectionSource source;
    private final Function<SectionSource, WalReader> readerOf;
    private final Parallelism parallelism;
    private long recordsRead;

    ParallelReader(WalArchive archive, TimelineHistory history, Parallelism parallelism) {
        this(archive, archive.segmentSize(), archive.systemIdentifier(), history, parallelism);
    }

    ParallelReader(
            SectionSource source,
            int segmentSize,
            long systemIdentifier,
            TimelineHistory history,
            Parallelism parallelism) {
        this.source = source;
        this.readerOf = new ReaderOf(history, segmentSize, systemIdentifier);
        this.parallelism = parallelism;
    }

    private record ReaderOf(TimelineHistory history, int segmentSize, long systemIdentifier)
            implements Function<SectionSource, WalReader> {
        @Override
        public WalReader apply(SectionSource source) {
            return new WalReader(source, history, segmentSize).expecting(systemIdentifier);
        }
    }

    /**
     * Reads and checks every record, and passes on those that are not {@code Other}, and some that are, in WAL order.
     *
     * @param from as for {@link WalReader#read}
     * @param last up to where it pays to read ahead; reading ends where the archive does
     * @param visitor false ends the reading
     */
    WalEnd read(Lsn from, Lsn last, Predicate<WalRecord> visitor) throws IOException {
        Reading reading = new Reading(readerOf.apply(source), visitor);
        int sectionBytes = parallelism.sectionBytes();
        Lsn first = new Lsn((from.value() / sectionBytes + 1) * sectionBytes);
        if (parallelism.threads() == 1 || last.minus(first) <= sectionBytes) {
            return reading.start(from, Lsn.LAST);
        }
        try (Sections sections = new Sections(source, readerOf, parallelism, first, last)) {
            reading.start(from, first);
            while (reading.goesOn() && sections.hasNext()) {
                reading.takeOver(sections.next());
            }
        }
        return reading.goesOn() ? reading.goOn(Lsn.LAST) : reading.end();
    }

    /** How many records all readings together have read, those included that were not passed on. */
    long recordsRead() {
        return recordsRead;
    }

    /** How far reading has come. */
    private final class Reading implements Predicate<WalRecord> {

        private final WalReader plain;
        private final Predicate<WalRecord> visitor;
        private WalStretch reached = new WalStretch(new WalEnd.Stopped(Lsn.INVALID), Optional.empty());
        private boolean hadEnough;

        Reading(WalReader plain, Predicate<WalRecord> visitor) {
            this.plain = plain;
            this.visitor = visitor;
        }

        @Override
        public boolean test(WalRecord record) {
            hadEnough = !visitor.test(record);
            return !hadEnough;
        }

        boolean goesOn() {
            return !hadEnough && end() instanceof WalEnd.Stopped;
        }

        WalEnd end() {
            return reached.end();
        }

        WalEnd start(Lsn from, Lsn until) throws IOException {
            reached = plain.readStretch(from, until, this);
            recordsRead += plain.recordsRead();
            return end();
        }

        /** Reads on without help. */
        WalEnd goOn(Lsn until) throws IOException {
            Lsn position = end().validThrough();
            Optional<Lsn> lastStart = reached.lastStart();
            reached = lastStart.isPresent()
                    ? plain.resume(position, lastStart.get(), until, this)
                    : plain.readStretch(position, until, this);
            recordsRead += plain.recordsRead();
            return end();
        }

        void takeOver(Section section) throws IOException {
            // a long record, or the empty rest of a segment, may cover a section
            if (end().validThrough().isBefore(section.end())) {
                boolean joined = takeOverRecords(section);
                if (!hadEnough && !joined) {
                    goOn(section.end());
                }
            }
            section.abandon();
        }

        /** Whether all of the section could be taken over. */
        private boolean takeOverRecords(Section section) throws IOException {
            boolean follows = false;
            long counted = 0;
            while (true) {
                Section.Batch batch = section.take();
                List<WalRecord> records = batch.records();
                if (!records.isEmpty()) {
                    if (!follows && !isNext(records.get(0))) {
                        return false;
                    }
                    follows = true;
                    reach(pass(records));
                    if (hadEnough) {
                        return true;
                    }
                }
                recordsRead += batch.recordsRead() - counted;
                counted = batch.recordsRead();
                if (batch.isLast()) {
                    WalStretch outcome = batch.outcome();
                    if (!follows || outcome == null) {
                        return false;
                    }
                    reached = new WalStretch(new WalEnd.Stopped(outcome.end().validThrough()), outcome.lastStart());
                    return outcome.end() instanceof WalEnd.Stopped;
                }
            }
        }

        /** Returns the last one that the visitor got. */
        private WalRecord pass(List<WalRecord> records) {
            int last = 0;
            while (test(records.get(last)) && last + 1 < records.size()) {
                last++;
            }
            return records.get(last);
        }

        private void reach(WalRecord record) {
            reached = new WalStretch(new WalEnd.Stopped(record.end()), Optional.of(record.start()));
        }

        /** Whether this is the record behind the last one: linked to it, with at most a page header in between. */
        private boolean isNext(WalRecord record) {
            Lsn position = end().validThrough();
            long between = record.start().minus(position);
            boolean adjacent = between == 0
                    || (position.value() % PAGE_BYTES == 0
                            && (between == SHORT_HEADER_BYTES || between == LONG_HEADER_BYTES));
            return adjacent && reached.lastStart().equals(Optional.of(record.previous()));
        }
    }
}
