package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.drill.DrillRunner;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.restore.FaultySandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run --sabotage} says of a scenario whose proof notices everything, and of one that misses something. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class RunSabotageTest {

    private static final int MAJOR = 17;

    private static final String SCENARIO = """
            scenario: sabotaged
            postgres: 14-18
            clock: { from: "00:00", to: "04:00", lasts: 1s }
            source:
              setup: CREATE TABLE kept AS SELECT 1 AS a
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: nightly, checkpoint: fast }
              - during: "00:30-03:30"
                workload: { kind: ledger, rate: 100/s }
              - at: "01:00"
                sql: SELECT pg_switch_wal()
              - at: "02:00"
                mark: here
              - at: "03:00"
                accident: { sql: DROP TABLE kept }
            restore:
              - from: nightly
                to: { mark: here }
                prove:
                  - table-exists: kept
              - about: the twin
                from: nightly
                to: { time: "03:30" }
                expect: REFUTED DATA_DIFFERS
                prove:
                  - table-exists: kept
            """;

    @TempDir
    Path directory;

    private Path scenario() throws Exception {
        return Files.writeString(directory.resolve("sabotaged.yaml"), SCENARIO);
    }

    @Test
    void everyFaultIsCaughtAndTheTwinIsLeftAlone() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Path output = directory.resolve("out");

        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(err))
                .execute(
                        "run",
                        "--sabotage",
                        "--keep", // so that no trial finds a directory gone that another one made
                        "--sandbox=process",
                        "--postgres=" + MAJOR,
                        "--output=" + output,
                        scenario().toString());

        removeWhatWasKept(err.toString());
        assertThat(code).as(out.toString() + err).isZero();
        assertThat(out.toString())
                .containsOnlyOnce("sabotage: ")
                .contains("✓ sabotage: 19 of 19 caught: ")
                .contains("a segment is lost (", "two segments have each other's name (WAL_CORRUPT)")
                .contains("half a page of a table's file is garbage (BACKUP_DAMAGED)")
                .contains("the server is told to stop one commit sooner (STOPPED_EARLY)")
                .contains("the server is told to stop one commit later (STOPPED_LATE)")
                .contains("the server follows the second timeline (WRONG_BRANCH)")
                .contains("; no fault, and not taken for one: a second timeline is in the archive, ")
                .contains("; not applicable: the history file of the target's timeline is missing (");
        assertThat(Files.readAllLines(output.resolve("sabotaged-pg17-1/sabotage.jsonl")))
                .hasSize(22)
                .noneMatch(line -> line.contains("\"missed\"") || line.contains("\"not tried\""));
        assertThat(output.resolve("sabotaged-pg17-2/sabotage.jsonl")).doesNotExist();
        assertThat(output.resolve("drills/sabotaged-pg17-1.html"))
                .content()
                .contains("19 of 19 faults caught", "<li>a segment is lost (");
    }

    private static void removeWhatWasKept(String err) throws IOException {
        Matcher place =
                Pattern.compile("the clusters' directories stay in (/\\S+)").matcher(err);
        assertThat(place.find()).as(err).isTrue();
        try (Stream<Path> all = Files.walk(Path.of(place.group(1)))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** The fault is made good again before the server starts, so that nothing is there to be caught. */
    @Test
    void aFaultThatIsNotCaughtMakesTheRunFail() throws Exception {
        DrillOptions options =
                new DrillOptions(MAJOR, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60), true);
        DrillRunner runner = new DrillRunner(
                major -> new FaultySandbox(ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {})))
                        .before(
                                "sabotage-of-sabotaged-pg17-1-recovery-signal-is-missing",
                                (data, settings) -> Files.createFile(data.resolve("recovery.signal"))),
                options,
                DrillListener.SILENT);

        List<Evidence> evidence = runner.run(ScenarioReader.read(scenario()));

        assertThat(evidence).extracting(Evidence::verdict).containsExactly(Verdict.REFUTED, Verdict.REFUTED);
        assertThat(evidence).extracting(Evidence::asExpected).containsExactly(false, true);
        Claim sabotage = evidence.get(0).claims().stream()
                .filter(claim -> claim.claim().equals("sabotage"))
                .findFirst()
                .orElseThrow();
        assertThat(sabotage.code()).isEqualTo("SABOTAGE_MISSED");
        assertThat(sabotage.found())
                .isEqualTo("18 of 19 caught; not caught: recovery.signal is missing (PROVEN TARGET_EXACT)");
        assertThat(ExitCode.of(evidence)).isEqualTo(ExitCode.REFUTED);
    }
}
