package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.RecordedWal;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Several threads must find what one finds, whatever is wrong. */
@ExtendWith(RecordedWal.Resolver.class)
class ParallelReaderTest {

    private static final int SEGMENT_SIZE = 1 << 20;

    /** What a reading passed on, how it ended, and how many records it read. */
    private record Outcome(WalEnd end, List<WalRecord> records, long recordsRead) {}

    private static final Parallelism ALONE = new Parallelism(1, 1 << 20);

    private Path copy;
    private List<SegmentName> segments;

    @BeforeEach
    void copyArchive(RecordedWal wal, @TempDir Path directory) throws IOException {
        copy = directory;
        try (var files = Files.list(wal.archive())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        try (DirectoryArchive archive = DirectoryArchive.open(copy)) {
            segments = archive.segments();
        }
    }

    private Outcome plain(TimelineHistory path, Lsn from) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        try (DirectoryArchive archive = DirectoryArchive.open(copy)) {
            WalReader reader = new WalReader(archive, path, SEGMENT_SIZE).expecting(archive.systemIdentifier());
            WalEnd end = reader.read(from, record -> isWanted(record, records));
            return new Outcome(end, records, reader.recordsRead());
        }
    }

    private Outcome parallel(TimelineHistory path, Lsn from, int sectionBytes) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        try (DirectoryArchive archive = DirectoryArchive.open(copy)) {
            ParallelReader reader = new ParallelReader(archive, path, new Parallelism(3, sectionBytes));
            WalEnd end =
                    reader.read(from, segments.get(segments.size() - 1).end(), record -> isWanted(record, records));
            return new Outcome(end, records, reader.recordsRead());
        }
    }

    private static boolean isWanted(WalRecord record, List<WalRecord> records) {
        if (!(record.entry() instanceof WalEntry.Other)) {
            records.add(record);
        }
        return true;
    }

    private void assertSame(TimelineHistory path, Lsn from, int sectionBytes) throws IOException {
        Outcome expected = plain(path, from);
        Outcome found = parallel(path, from, sectionBytes);
        assertThat(found.end()).isEqualTo(expected.end());
        assertThat(found.records()).containsExactlyElementsOf(expected.records());
        assertThat(found.recordsRead()).isEqualTo(expected.recordsRead());
    }

    private TimelineHistory second() throws IOException {
        try (DirectoryArchive archive = DirectoryArchive.open(copy)) {
            return archive.history(new TimelineId(2)).orElseThrow();
        }
    }

    @Test
    void findsWhatOneThreadFinds() throws Exception {
        for (int sectionBytes : new int[] {8192, 1 << 16, 1 << 20, 4 << 20}) {
            assertSame(TimelineHistory.of(TimelineId.FIRST), segments.get(0).start(), sectionBytes);
            assertSame(second(), segments.get(0).start(), sectionBytes);
        }
        assertThat(plain(second(), segments.get(0).start()).records()).hasSizeGreaterThan(60);
    }

    @Test
    void beginsAnywhere() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            assertSame(second(), segments.get(0).start().plus(random.nextInt(4 * SEGMENT_SIZE)), 1 << 16);
        }
    }

    @Test
    void saysOfDamageWhatOneThreadSays() throws Exception {
        Random random = new Random(2);
        for (int i = 0; i < 40; i++) {
            Path file =
                    copy.resolve(segments.get(random.nextInt(segments.size())).fileName());
            byte[] content = Files.readAllBytes(file);
            int offset = random.nextInt(SEGMENT_SIZE);
            write(file, offset, (byte) (content[offset] ^ 0x10));
            assertSame(second(), segments.get(0).start(), 1 << 16);
            if (i % 8 == 0) {
                assertThat(scan(new Parallelism(3, 1 << 16))).isEqualTo(scan(ALONE));
                assertThat(audit(new Parallelism(3, 1 << 16))).isEqualTo(audit(ALONE));
            }
            write(file, offset, content[offset]);
        }
    }

    /** All that a scan tells, a line each. */
    private List<String> scan(Parallelism parallelism) throws IOException {
        List<String> told = new ArrayList<>();
        try (DirectoryArchive archive = DirectoryArchive.open(copy)) {
            long read = ArchiveScan.scan(archive, parallelism, new ArchiveScan.Observer() {
                @Override
                public void begins(Lsn position) {
                    told.add("begins at " + position);
                }

                @Override
                public boolean record(WalRecord record) {
                    return told.add(record.toString());
                }

                @Override
                public void problem(String message) {
                    told.add(message);
                }
            });
            told.add(read + " records");
        }
        return told;
    }

    private ArchiveAudit audit(Parallelism parallelism) throws IOException {
        return AuditRun.run(new DirectoryStore(copy), segmentSize -> parallelism);
    }

    @Test
    void scansAndAuditsAcrossGapsAsOneThreadDoes() throws Exception {
        Files.delete(copy.resolve(segments.get(3).fileName()));
        Files.delete(copy.resolve(segments.get(7).fileName()));
        Files.write(copy.resolve(segments.get(5).fileName()), new byte[SEGMENT_SIZE]);
        Files.write(copy.resolve(segments.get(9).fileName()), new byte[1000]);

        assertThat(scan(new Parallelism(2, 1 << 20))).isEqualTo(scan(ALONE)).hasSizeGreaterThan(50);
        ArchiveAudit audit = audit(new Parallelism(2, 1 << 20));
        assertThat(audit).isEqualTo(audit(ALONE));
        assertThat(audit.findings()).hasSizeGreaterThan(3);
    }

    private static void write(Path file, int offset, byte value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {value}), offset);
        }
    }

    @Test
    void namesAMissingSegment() throws Exception {
        SegmentName missing = segments.get(segments.size() / 2);
        Files.delete(copy.resolve(missing.fileName()));

        assertSame(TimelineHistory.of(missing.timeline()), segments.get(0).start(), 1 << 16);
    }

    @Test
    void stopsWhenTheVisitorHasEnough() throws Exception {
        List<WalRecord> records = new ArrayList<>();
        try (DirectoryArchive archive = DirectoryArchive.open(copy)) {
            WalEnd end = new ParallelReader(archive, second(), new Parallelism(3, 1 << 16))
                    .read(
                            segments.get(0).start(),
                            segments.get(segments.size() - 1).end(),
                            record -> {
                                isWanted(record, records);
                                return records.size() < 40;
                            });

            assertThat(end).isInstanceOf(WalEnd.Stopped.class);
            assertThat(end.validThrough()).isEqualTo(records.get(39).end());
        }
        assertThat(records)
                .isEqualTo(plain(second(), segments.get(0).start()).records().subList(0, 40));
    }
}
