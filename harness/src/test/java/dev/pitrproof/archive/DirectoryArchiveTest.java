package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryArchiveTest {

    private static final int SEGMENT_SIZE = 1 << 20;
    private static final TimelineId SECOND = new TimelineId(2);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private void segment(String name) throws Exception {
        ByteBuffer content = ByteBuffer.allocate(SEGMENT_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        content.putShort((short) 0xD116).putShort((short) 2);
        content.putLong(24, -5).putInt(32, SEGMENT_SIZE).putInt(36, 8192);
        Files.write(directory.resolve(name), content.array());
    }

    private void assertRefused(ArchiveException.Kind kind, String message) {
        assertThatExceptionOfType(ArchiveException.class)
                .isThrownBy(() -> DirectoryArchive.open(directory))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e.hint()).isNotBlank());
    }

    @Test
    void learnsItsClusterFromTheFirstReadableSegment() throws Exception {
        Files.write(directory.resolve("000000010000000000000001"), new byte[10]);
        segment("000000010000000000000002");

        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            assertThat(archive.segmentSize()).isEqualTo(SEGMENT_SIZE);
            assertThat(archive.systemIdentifier()).isEqualTo(-5);
            assertThat(archive.walMajor()).isEqualTo(17);
        }
    }

    @Test
    void listsSegmentsByPositionThenTimelineAndSeesNewOnes() throws Exception {
        segment("000000020000000000000003");
        segment("000000010000000000000003");
        segment("000000010000000000000002");
        Files.writeString(directory.resolve("000000010000000000000002.partial"), "");
        Files.writeString(directory.resolve("000000010000000000000002.00000028.backup"), "");
        Files.writeString(directory.resolve("000000010000000000000005.gz.old"), "");

        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            assertThat(archive.segments())
                    .extracting(SegmentName::fileName)
                    .containsExactly(
                            "000000010000000000000002", "000000010000000000000003", "000000020000000000000003");
            segment("000000010000000100000000");
            assertThat(archive.segments()).hasSize(4);
            assertThat(archive.segments().get(3).start()).isEqualTo(Lsn.parse("1/0"));
        }
    }

    @Test
    void readsHistories() throws Exception {
        segment("000000010000000000000002");
        Files.writeString(directory.resolve("00000002.history"), "1\t0/200100\tno recovery target specified\n");
        Files.writeString(directory.resolve("00000003.history"), "garbage\n");

        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            assertThat(archive.timelines()).containsExactly(TimelineId.FIRST, SECOND, new TimelineId(3));
            assertThat(archive.history(TimelineId.FIRST)).contains(TimelineHistory.of(TimelineId.FIRST));
            assertThat(archive.history(SECOND).orElseThrow().endOf(TimelineId.FIRST))
                    .contains(Lsn.parse("0/200100"));
            assertThat(archive.history(new TimelineId(4))).isEmpty();
            assertThatExceptionOfType(ArchiveException.class)
                    .isThrownBy(() -> archive.history(new TimelineId(3)))
                    .withMessageContaining("line 1 of 00000003.history is \"garbage\"");
        }
    }

    /** As a server writes it whose database, in which the restore point was made, is in LATIN1. */
    @Test
    void readsAHistoryThatIsNotInUtf8() throws Exception {
        segment("000000010000000000000002");
        Files.writeString(
                directory.resolve("00000002.history"),
                "1\t0/200100\tat restore point \"caf\u00E9\"\n",
                StandardCharsets.ISO_8859_1);

        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            assertThat(archive.history(SECOND).orElseThrow().endOf(TimelineId.FIRST))
                    .contains(Lsn.parse("0/200100"));
        }
    }

    @Test
    void readsBytesAndSaysWhereThereAreNone() throws Exception {
        segment("000000010000000000000002");

        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            SegmentName segment = archive.segments().get(0);
            assertThat(archive.has(segment)).isTrue();
            assertThat(archive.read(segment, SEGMENT_SIZE - 4, ByteBuffer.allocate(10)))
                    .isEqualTo(4);
            assertThat(archive.read(segment, SEGMENT_SIZE, ByteBuffer.allocate(10)))
                    .isEqualTo(-1);
            assertThat(archive.has(segment.next())).isFalse();
            assertThat(archive.read(segment.next(), 0, ByteBuffer.allocate(10))).isEqualTo(-1);
        }
    }

    @Test
    void refusesWhatIsNoArchive() throws Exception {
        assertRefused(ArchiveException.Kind.NO_SEGMENTS, "holds no WAL segments");
        Files.write(directory.resolve("000000010000000000000001"), new byte[SEGMENT_SIZE]);
        assertRefused(ArchiveException.Kind.DAMAGED, "none of the 1 segments");
        directory = directory.resolve("not there");
        assertRefused(ArchiveException.Kind.NO_DIRECTORY, "is not a directory");
    }
}
