package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a receiver that was killed between two of its steps leaves, and where the next one goes on. */
class ResumePointTest {

    private static final int SEGMENT = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private void files(String names) throws IOException {
        for (String name : List.of(names.split(" "))) {
            Files.write(directory.resolve(name), new byte[SEGMENT]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // the last is being received
        "000000010000000000000004 000000010000000000000005.partial, 0/500000, 1",
        // full, and not renamed yet
        "000000010000000000000005.partial, 0/500000, 1",
        // renamed, and the next is not there yet
        "000000010000000000000005, 0/600000, 1",
        // half compressed
        "000000010000000000000005.partial 000000010000000000000005.gz.tmp, 0/500000, 1",
        // compressed and renamed, and what it was made of is not removed yet
        "000000010000000000000005.partial 000000010000000000000005.gz, 0/600000, 1",
        // the history of the next timeline is there, and nothing of it yet
        "000000010000000000000005.partial 00000002.history, 0/500000, 1",
        "000000010000000000000005.partial 00000002.history.tmp, 0/500000, 1",
        // the first segment of the next timeline, which begins where the old one left off
        "000000010000000000000005.partial 00000002.history 000000020000000000000005.partial, 0/500000, 2",
        "000000010000000000000005.partial 00000002.history 000000020000000000000005, 0/600000, 2",
        // a timeline that was left earlier does not count for being younger
        "000000010000000000000007 000000020000000000000005, 0/800000, 1",
    })
    void isBehindTheNewestWholeSegmentOrAtTheNewestPartialOne(String names, String position, int timeline)
            throws IOException {
        files(names);

        assertThat(ResumePoint.in(directory, SEGMENT))
                .contains(new ResumePoint(Lsn.parse(position), new TimelineId(timeline)));
    }

    @Test
    void isNowhereInADirectoryWithoutWal() throws IOException {
        files("00000002.history 000000010000000000000005.gz.tmp notes");

        assertThat(ResumePoint.in(directory, SEGMENT)).isEmpty();
    }

    @Test
    void isNotBehindASegmentThatIsTooShort() throws IOException {
        Path cut = directory.resolve("000000010000000000000005");
        Files.write(cut, new byte[SEGMENT - 1]);

        assertThatThrownBy(() -> ResumePoint.in(directory, SEGMENT))
                .hasMessageStartingWith("segment file \"" + cut + "\" has 1048575 bytes: expected 1048576\nHINT: ");
    }
}
