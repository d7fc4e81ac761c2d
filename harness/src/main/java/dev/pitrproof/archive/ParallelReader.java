package dev.pitrproof.archive;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import dev.pitrproof.wal.WalStretch;
import java.io.IOException;
import java.util.Optional;
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

    /** Large enough that finding the first record costs nothing, small enough that the threads end at the same time. */
    private static final int SECTION_BYTES = 16 << 20;

    /** More than these would wait for the one thread that takes over what they read. */
    private static final int THREADS_MAX = 8;

    private static final Lsn END_OF_LOG = new Lsn(-1);

    private static final int PAGE_BYTES = 8192;
    private static final int SHORT_HEADER_BYTES = 24;
    private static final int LONG_HEADER_BYTES = 40;

    private final DirectoryArchive archive;
    private final TimelineHistory history;
    private final int threads;
    private final int sectionBytes;

    ParallelReader(DirectoryArchive archive, TimelineHistory history) {
        this(archive, history, Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors()), SECTION_BYTES);
    }

    /** @param sectionBytes a multiple of the page size */
    ParallelReader(DirectoryArchive archive, TimelineHistory history, int threads, int sectionBytes) {
        this.archive = archive;
        this.history = history;
        this.threads = threads;
        this.sectionBytes = sectionBytes;
    }

    static WalReader reader(DirectoryArchive archive, TimelineHistory history) {
        return new WalReader(archive, history, archive.segmentSize()).expecting(archive.systemIdentifier());
    }

    /**
     * Reads and checks every record, and passes on those that are not {@code Other}, and some that are, in WAL order.
     *
     * @param from as for {@link WalReader#read}
     * @param last up to where it pays to read ahead; reading ends where the archive does
     * @param visitor false ends the reading
     */
    WalEnd read(Lsn from, Lsn last, Predicate<WalRecord> visitor) throws IOException {
        Reading reading = new Reading(reader(archive, history), visitor);
        long first = (from.value() / sectionBytes + 1) * sectionBytes;
        if (threads > 1 && last.minus(new Lsn(first)) > sectionBytes) {
            try (Sections sections = new Sections(archive, history, threads, new Lsn(first), last, sectionBytes)) {
                reading.start(from, new Lsn(first));
                while (reading.goesOn() && sections.hasNext()) {
                    reading.takeOver(sections.next());
                }
            }
            return reading.goesOn() ? reading.goOn(END_OF_LOG) : reading.end();
        }
        return reading.start(from, END_OF_LOG);
    }

    /** How far reading has come. */
    private static final class Reading {

        private final WalReader plain;
        private final Predicate<WalRecord> visitor;
        private WalStretch reached = new WalStretch(new WalEnd.Stopped(Lsn.INVALID), Optional.empty());
        private boolean hadEnough;

        Reading(WalReader plain, Predicate<WalRecord> visitor) {
            this.plain = plain;
            this.visitor = record -> {
                hadEnough = !visitor.test(record);
                return !hadEnough;
            };
        }

        boolean goesOn() {
            return !hadEnough && end() instanceof WalEnd.Stopped;
        }

        WalEnd end() {
            return reached.end();
        }

        WalEnd start(Lsn from, Lsn until) throws IOException {
            reached = plain.readStretch(from, until, visitor);
            return end();
        }

        /** Reads on without help. */
        WalEnd goOn(Lsn until) throws IOException {
            Lsn position = end().validThrough();
            Optional<Lsn> lastStart = reached.lastStart();
            reached = lastStart.isPresent()
                    ? plain.resume(position, lastStart.get(), until, visitor)
                    : plain.readStretch(position, until, visitor);
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
            while (true) {
                Section.Batch batch = section.take();
                for (WalRecord record : batch.records()) {
                    if (!follows && !isNext(record)) {
                        return false;
                    }
                    follows = true;
                    reached = new WalStretch(new WalEnd.Stopped(record.end()), Optional.of(record.start()));
                    if (!visitor.test(record)) {
                        return true;
                    }
                }
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
