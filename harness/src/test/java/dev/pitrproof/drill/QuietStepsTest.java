package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.ScenarioReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps at the time at which a workload starts: they come behind it, and must find it as quiet as any other step does. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class QuietStepsTest {

    private static final int MAJOR = 17;

    private static final String STORY = """
            scenario: quiet
            clock: { from: "00:00", to: "04:00", lasts: 1s }
            source:
              setup: |
                CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);
                INSERT INTO accounts SELECT g, 100 FROM generate_series(1, 20000) g;
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: nightly }
              - during: "01:00-03:00"
                workload: { kind: transfers, on: accounts, rate: 5000/s }
              - at: "01:00"
                mark: begun
            restore:
              - from: nightly
                to: { mark: begun }
                prove:
                  - same-as: { mark: begun, table: accounts }
            """;

    @TempDir
    Path directory;

    @Test
    void aMarkIsOfOneMomentThoughAWorkloadBeginsThen() throws Exception {
        DrillRunner runner = new DrillRunner(
                major -> ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {})),
                new DrillOptions(MAJOR, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60)),
                DrillListener.SILENT);

        List<Evidence> evidence =
                runner.run(ScenarioReader.read(Files.writeString(directory.resolve("quiet.yaml"), STORY)));

        assertThat(evidence.get(0).claims())
                .allSatisfy(claim -> assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN));
    }
}
