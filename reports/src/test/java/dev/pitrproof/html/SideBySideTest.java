package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Drills;
import dev.pitrproof.evidence.EvidenceOnDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recovery and a dump of one story, and what each lost. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class SideBySideTest {

    @TempDir
    Path output;

    private List<EvidenceOnDisk> drills;

    @BeforeEach
    void read() throws IOException {
        drills = Drills.write(output, "dump-or-pitr-1", "dump-or-pitr-3", "dropped-table-1");
        HtmlReport.write(output, drills);
    }

    private String page(int drill) throws IOException {
        return Files.readString(
                output.resolve("drills").resolve(PageName.of(drills.get(drill)).html()));
    }

    @Test
    void bothPagesShowBothLosses() throws IOException {
        for (int drill : List.of(0, 1)) {
            assertThat(page(drill))
                    .contains("Side by side")
                    .contains("recovery to 1d 13:59", "1 min", "4</td>")
                    .contains("pg_restore of the dump last-night, taken at 1d 00:00", "14 h", "1,433</td>");
        }
    }

    @Test
    void aStoryWithoutADumpHasNothingToCompare() throws IOException {
        assertThat(page(2)).doesNotContain("Side by side");
    }

    @Test
    void theDumpsPageSaysWhatItLeadsTo() throws IOException {
        assertThat(page(1))
                .contains("A dump leads to its own moment alone, 1d 00:00.")
                .contains("56 commits are in it")
                .contains("a dump is restored, and no recovery follows");
    }
}
