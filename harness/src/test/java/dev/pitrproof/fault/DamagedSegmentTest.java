package dev.pitrproof.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamagedSegmentTest {

    private static final int SEGMENT_BYTES = 1 << 20;
    private static final Lsn RECORD = Lsn.parse("0/3000A8");

    private final SegmentName segment = SegmentName.holding(TimelineId.FIRST, RECORD, SEGMENT_BYTES);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path archive;

    @Test
    void aBitOfTheRecordIsAnotherAndNothingElse() throws IOException {
        Path file = Files.write(archive.resolve(segment.fileName()), new byte[SEGMENT_BYTES]);

        new DamagedSegment(segment, RECORD).strike(archive);

        byte[] content = Files.readAllBytes(file);
        assertThat(content).hasSize(SEGMENT_BYTES);
        assertThat(content[0xAC]).isEqualTo((byte) 0x10);
        content[0xAC] = 0;
        assertThat(content).containsOnly(0);
    }

    @Test
    void whatIsNotArchivedCannotBeDamaged() {
        assertThatThrownBy(() -> new DamagedSegment(segment, RECORD).strike(archive))
                .isInstanceOf(NoSuchFileException.class);
    }
}
