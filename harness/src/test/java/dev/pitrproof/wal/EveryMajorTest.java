package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.ByteUse.Use;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The WAL of each major: nothing in it is passed over, and no damage to it goes unnoticed. */
class EveryMajorTest {

    private static final int FLIPS = 10_000;
    private static final int PAGE = 8192;
    private static final int SEGMENT = WorkloadWal.SEGMENT_SIZE;

    static Stream<WorkloadWal> recordings() {
        return WorkloadWal.majors().mapToObj(WorkloadWal::of);
    }

    private static List<WalRecord> read(WorkloadWal wal, TimelineHistory path) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        WalEnd end = new WalReader(wal.segments(), path, SEGMENT)
                .read(wal.segments().first().start(), records::add);
        assertThat(end)
                .as(end.message())
                .satisfiesAnyOf(e -> assertThat(e).isInstanceOf(WalEnd.SegmentMissing.class), e -> assertThat(e)
                        .isInstanceOfSatisfying(WalEnd.Invalid.class, invalid -> assertThat(invalid.plausibleEnd())
                                .isTrue()));
        return records;
    }

    private static ByteUse account(WorkloadWal wal) throws IOException {
        ByteUse use = new ByteUse(wal.segments(), SEGMENT);
        for (TimelineHistory path : wal.paths()) {
            use.account(path, read(wal, path));
        }
        return use;
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void everyByteOfEverySegmentIsAccountedFor(WorkloadWal wal) throws Exception {
        ByteUse use = account(wal);

        long all = 0;
        for (TimelineHistory path : wal.paths()) {
            for (SegmentName segment : wal.segments().segmentsOf(path.timeline())) {
                int unseen = 0;
                while (unseen < SEGMENT && use.at(segment, unseen) != Use.UNSEEN) {
                    unseen++;
                }
                assertThat(unseen)
                        .as("first byte of %s that nothing accounts for", segment)
                        .isEqualTo(SEGMENT);
                all += SEGMENT;
            }
        }
        long counted = 0;
        for (Use each : Use.values()) {
            counted += use.count(each);
        }
        assertThat(counted).isEqualTo(all);
        for (Use each : List.of(Use.RECORD, Use.PADDING, Use.PAGE_HEADER, Use.UNUSED, Use.OVERWRITTEN)) {
            assertThat(use.count(each)).as("%s bytes of %s", each, all).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void theRecordsThatRecoveryHangsOnAreUnderstood(WorkloadWal wal) throws Exception {
        List<WalRecord> records = read(wal, wal.second());
        List<WalEntry> entries = records.stream().map(WalRecord::entry).toList();

        assertThat(entries)
                .hasAtLeastOneElementOfType(WalEntry.OverwrittenRecord.class)
                .hasAtLeastOneElementOfType(WalEntry.SegmentSwitch.class)
                .hasAtLeastOneElementOfType(WalEntry.RestorePoint.class)
                .anyMatch(entry -> entry instanceof WalEntry.ParameterChange change
                        && change.maxPreparedTransactions() == 7
                        && change.walLevel() == 2)
                .anyMatch(entry -> entry instanceof WalEntry.RunningTransactions running
                        && running.xids().size() == 1)
                .anyMatch(entry -> entry instanceof WalEntry.EndOfRecovery
                        || (entry instanceof WalEntry.Checkpoint checkpoint
                                && checkpoint.timeline().equals(wal.second().timeline())
                                && checkpoint.previousTimeline().equals(TimelineId.FIRST)));
        assertThat(entries)
                .filteredOn(entry -> entry instanceof WalEntry.Checkpoint checkpoint && !checkpoint.shutdown())
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(
                                ((WalEntry.Checkpoint) entry).walLevel().isPresent())
                        .isEqualTo(wal.major() >= 17))
                .as("logical, but for those that initdb wrote")
                .anySatisfy(entry -> assertThat(
                                ((WalEntry.Checkpoint) entry).walLevel().orElse(2))
                        .isEqualTo(2));
        assertThat(entries.stream().anyMatch(WalEntry.CheckpointRedo.class::isInstance))
                .isEqualTo(wal.major() >= 17);
        assertThat(ends(entries)).extracting(TransactionEnd::kind).contains(WalEntry.Kind.values());
        assertThat(ends(entries).stream().map(TransactionEnd::origin).filter(origin -> origin != null))
                .extracting(WalEntry.Origin::id, WalEntry.Origin::position)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, new Lsn(0x123)),
                        org.assertj.core.groups.Tuple.tuple(1, new Lsn(0x124)));
        assertThat(ends(entries).stream().flatMap(end -> end.droppedStatistics().stream()))
                .extracting(WalEntry.StatisticsItem::kind)
                .as("statistics of relations and of a function, since 15")
                .satisfies(kinds ->
                        assertThat(kinds.contains(2) && kinds.contains(3)).isEqualTo(wal.major() >= 15));
        assertThat(ends(entries)).anyMatch(end -> end.subxids().size() > 64);
    }

    private static List<TransactionEnd> ends(List<WalEntry> entries) {
        return entries.stream()
                .filter(TransactionEnd.class::isInstance)
                .map(TransactionEnd.class::cast)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aFlippedByteIsFoundOrMeansNothing(WorkloadWal wal) throws Exception {
        ByteUse use = account(wal);
        Random random = new Random(wal.major());
        Map<Use, Integer> flips = new HashMap<>();
        for (TimelineHistory path : wal.paths()) {
            List<SegmentName> files = wal.segments().segmentsOf(path.timeline());
            Flips trial = new Flips(wal, path, read(wal, path));
            int share = path.equals(wal.second()) ? FLIPS / 4 : FLIPS - FLIPS / 4;
            for (int i = 0; i < share; i++) {
                SegmentName file = files.get(random.nextInt(files.size()));
                // one in eight on a page's header, which is only one byte in 340
                int offset = random.nextInt(8) == 0
                        ? random.nextInt(SEGMENT / PAGE) * PAGE + random.nextInt(24)
                        : random.nextInt(SEGMENT);
                Use of = use.at(file, offset);
                trial.flip(file, offset, 1 + random.nextInt(255), of);
                flips.merge(of, 1, Integer::sum);
            }
        }
        assertThat(flips.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(FLIPS);
        assertThat(flips).containsKeys(Use.RECORD, Use.PAGE_HEADER, Use.UNUSED);
    }

    /** Flips bytes of one timeline's segments and reads the neighbourhood each time. */
    private static final class Flips {

        private static final int REMOVABLE_FLAG = 0x04;

        private final WorkloadWal wal;
        private final TimelineHistory path;
        private final List<WalRecord> healthy;
        private final long systemIdentifier;

        Flips(WorkloadWal wal, TimelineHistory path, List<WalRecord> healthy) {
            this.wal = wal;
            this.path = path;
            this.healthy = healthy;
            this.systemIdentifier = java.nio.ByteBuffer.wrap(
                            wal.segments().get(wal.segments().first()))
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .getLong(24);
        }

        void flip(SegmentName file, int offset, int pattern, Use use) throws IOException {
            byte[] content = wal.segments().get(file);
            content[offset] ^= (byte) pattern;
            try {
                verify(file.start().plus(offset), pattern, use);
            } finally {
                content[offset] ^= (byte) pattern;
            }
        }

        private void verify(Lsn position, int pattern, Use use) throws IOException {
            long page = position.value() & -PAGE;
            int from = Math.max(0, firstFrom(page) - 2);
            int to = Math.min(healthy.size(), firstFrom(page + 2 * PAGE) + 1);
            List<WalRecord> expected = healthy.subList(from, to);
            List<WalRecord> read = new ArrayList<>();
            WalEnd end = new WalReader(wal.segments(), path, SEGMENT)
                    .expecting(systemIdentifier)
                    .read(expected.get(0).start(), record -> {
                        read.add(record);
                        return read.size() < expected.size();
                    });
            String what = String.format(
                    "%s byte at %s of timeline %s flipped by %02X: %s",
                    use, position, path.timeline(), pattern, end.message());
            Lsn through = expected.get(expected.size() - 1).end();
            WalEnd endOfStretch = new WalReader(wal.segments(), path, SEGMENT)
                    .expecting(systemIdentifier)
                    .readStretch(expected.get(0).start(), through, record -> true)
                    .end();
            assertThat(endOfStretch)
                    .as(what + ", where most records are passed over")
                    .isEqualTo(read.equals(expected) ? new WalEnd.Stopped(through) : end);
            if (read.equals(expected)) {
                assertThat(isIrrelevant(position, pattern, use)).as(what).isTrue();
                return;
            }
            assertThat(read).as(what).isEqualTo(expected.subList(0, read.size()));
            assertThat(end).as(what).isInstanceOfAny(WalEnd.Invalid.class, WalEnd.ForeignSystem.class);
            if (use == Use.RECORD) {
                assertThat(end.validThrough()).as(what).isLessThanOrEqualTo(position);
            }
            if (end instanceof WalEnd.Invalid invalid && invalid.plausibleEnd()) {
                assertThat(to)
                        .as(what + ": only the last page can look recycled")
                        .isEqualTo(healthy.size());
            }
        }

        /** Index of the first record that starts at or behind a position. */
        private int firstFrom(long position) {
            int low = 0;
            int high = healthy.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (healthy.get(middle).start().value() < position) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private static boolean isIrrelevant(Lsn position, int pattern, Use use) {
            long inPage = position.value() % PAGE;
            return switch (use) {
                case RECORD, UNSEEN -> false;
                case PADDING, OVERWRITTEN, BEFORE, UNUSED -> true;
                // padding, and the flag that says only whether a backup was running
                case PAGE_HEADER -> (inPage >= 20 && inPage < 24) || (inPage == 2 && pattern == REMOVABLE_FLAG);
            };
        }
    }

    @Test
    void waldumpPrintsTheSameRecords(@TempDir Path directory) throws Exception {
        LocalPostgres.assumeInstalled();
        WorkloadWal wal = WorkloadWal.of(15);
        for (TimelineHistory path : wal.paths()) {
            List<SegmentName> files = wal.segments().segmentsOf(path.timeline());
            Path archive =
                    Files.createDirectory(directory.resolve(path.timeline().toString()));
            for (SegmentName file : files) {
                Files.write(archive.resolve(file.fileName()), wal.segments().get(file));
            }
            Lsn begin = path.ancestry().isEmpty()
                    ? Lsn.INVALID
                    : path.ancestry().get(0).switchpoint();

            List<String> dumped = LocalPostgres.waldump(
                            archive,
                            files.get(0).fileName(),
                            files.get(files.size() - 1).fileName())
                    .lines()
                    .filter(line -> !WaldumpComparisonTest.start(line).isBefore(begin))
                    .map(WaldumpComparisonTest::dumpedRecord)
                    .toList();

            assertThat(read(wal, path).stream()
                            .filter(record -> !record.start().isBefore(begin))
                            .map(WaldumpComparisonTest::readRecord))
                    .hasSizeGreaterThan(path.ancestry().isEmpty() ? 10_000 : 500)
                    .containsExactlyElementsOf(dumped);
        }
    }
}
