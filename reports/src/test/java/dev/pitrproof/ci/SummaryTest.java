package dev.pitrproof.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Drills;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.prose.Markdown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {

    private final Path directory;

    SummaryTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void demonstrationIsATable() throws IOException {
        assertThat(write(Drills.write(directory, "dropped-table-1", "dropped-table-2")))
                .isEqualTo("""
                        ## 2 of 2 drills ended as expected.

                        1 PROVEN, 1 REFUTED

                        |  | drill | verdict | expected | asked for | reached | recovery time | lost |
                        | --- | --- | --- | --- | --- | --- | --- | --- |
                        | ✓ | `dropped-table-1` | PROVEN | `PROVEN` | 13:59 | exactly there | 1.9 s, of 5 min allowed | 1 min, of 1 min allowed |
                        | ✓ | `dropped-table-2` | REFUTED | `REFUTED DATA_DIFFERS` | 14:01 | exactly there | 1.9 s |  |
                        """);
    }

    @Test
    void surpriseIsToldWithFindingAndHint() throws IOException {
        assertThat(write(Drills.write(directory, "dropped-table-1", "stopped-late")))
                .startsWith("## 1 of 2 drills ended as expected; 1 did not.")
                .contains("| **✗** | `hourly-1` | REFUTED | `PROVEN` | 13:59 | stopped too late |")
                .endsWith("""

                        ### Not as expected

                        #### `hourly-1`: REFUTED but PROVEN was expected

                        Recovery stopped too late. The server replayed through 0/3A9F128 and committed 58 transactions too many, first of all 3605.

                        - `target-reached`: REFUTED `STOPPED_LATE`
                          - expected: stop after 0/3A41E78 (xid 3604) and before 0/3A42C40 (xid 3605)
                          - found: the server replayed through 0/3A9F128 and committed 58 transactions too many, first of all 3605
                          - HINT: look for recovery\\_target\\_time in the settings the server really read: attachment postgresql.conf
                        - page: `drills/hourly-1.html`
                        - evidence: `stopped-late/evidence.json`
                        """);
    }

    @Test
    void drillWithoutFindingsIsASurpriseToo() throws IOException {
        assertThat(write(Drills.write(directory, "minimal"))).contains("- NO\\_FINDING: no claim says why");
    }

    @Test
    void noDrillIsNoSuccess() throws IOException {
        assertThat(write(List.of())).isEqualTo("## No drill was run.\n\n");
    }

    @Test
    void whateverIsInTheEvidenceIsText() throws IOException {
        String summary = write(List.of(new EvidenceOnDisk(Drills.hostile(directory), "drill")));

        assertThat(summary.replace(Markdown.code(Drills.HOSTILE), "CODE"))
                .doesNotContain("<script", "](http:", "://evil", "@everyone", "\u001b", "\u0007", "\n-- ");
        assertThat(summary.lines().filter(line -> line.startsWith("|"))).hasSize(3);
        assertThat(summary.lines().filter(line -> line.startsWith("| **")).map(line -> line.replaceAll("\\\\\\|", "")))
                .as("a row has as many cells as its head")
                .allMatch(line -> line.chars().filter(letter -> letter == '|').count() == 9);
    }

    private String write(List<EvidenceOnDisk> drills) throws IOException {
        Summary.write(directory, drills);
        return Files.readString(directory.resolve(Summary.FILE));
    }
}
