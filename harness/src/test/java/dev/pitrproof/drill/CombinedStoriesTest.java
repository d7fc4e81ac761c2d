package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
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

/** Stories that put together what the documents allow and no shipped scenario does. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class CombinedStoriesTest {

    private static final int MAJOR = 17;

    @TempDir
    Path directory;

    private List<Evidence> play(String story) throws Exception {
        DrillRunner runner = new DrillRunner(
                major -> ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {})),
                new DrillOptions(MAJOR, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60)),
                DrillListener.SILENT);
        return runner.run(ScenarioReader.read(Files.writeString(directory.resolve("story.yaml"), story)));
    }

    private static void assertProven(Evidence evidence) {
        assertThat(evidence.claims())
                .allSatisfy(claim ->
                        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.PROVEN));
    }

    /** Steps behind a workload that begins at their time must find it as quiet as any other step does. */
    @Test
    void aMarkIsOfOneMomentThoughAWorkloadBeginsThen() throws Exception {
        List<Evidence> evidence = play("""
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
                  - at: "00:30"
                    sql: CREATE TABLE others ()
                  - during: "01:00-03:00"
                    workload: { kind: transfers, on: accounts, rate: 5000/s }
                  - at: "01:00"
                    mark: begun
                restore:
                  - from: nightly
                    to: { mark: begun }
                    prove:
                      - same-as: { mark: begun, table: accounts }
                """);

        assertProven(evidence.get(0));
    }

    /** Segments as large as busy sites have them: no server starts where two of them do not fit. */
    @Test
    void segmentsMayBeLarge() throws Exception {
        List<Evidence> evidence = play("""
                scenario: large-segments
                clock: { from: "00:00", to: "04:00", lasts: 1s }
                source: { archive: command, segment-size: 64MB }
                story:
                  - at: "00:00"
                    base-backup: { label: night, wal: none }
                  - at: "01:00"
                    sql: CREATE TABLE kept ()
                  - at: "02:00"
                    mark: good
                restore:
                  - from: night
                    to: { mark: good }
                    prove:
                      - table-exists: kept
                """);

        assertProven(evidence.get(0));
    }

    /** A chain whose last backup is of tar files, with a tablespace. */
    @Test
    void aChainEndsInTarFilesWithATablespace() throws Exception {
        List<Evidence> evidence = play("""
                scenario: tar-at-the-end
                postgres: 17-18
                clock: { from: "00:00", to: "04:00", lasts: 1s }
                source:
                  tablespaces: [fast]
                  setup: CREATE TABLE kept TABLESPACE fast AS SELECT g AS id FROM generate_series(1, 1000) g
                  archive: command
                story:
                  - at: "00:00"
                    base-backup: { label: night }
                  - at: "01:00"
                    sql: INSERT INTO kept SELECT g FROM generate_series(1001, 1500) g
                  - at: "02:00"
                    base-backup: { label: night-tablespaces, incremental: night, format: tar }
                  - at: "02:30"
                    sql: INSERT INTO kept VALUES (1501)
                  - at: "03:00"
                    mark: good
                restore:
                  - from: night-tablespaces
                    to: { mark: good }
                    prove:
                      - same-as: { mark: good, table: kept }
                      - query: { sql: SELECT count(*) FROM kept, equals: 1501 }
                """);

        assertProven(evidence.get(0));
    }

    /** A backup with a label that begins like that of one before it, and whose tablespace does not fit either. */
    @Test
    void aBackupThatFailsLeavesNothingBehindAndOthersAlone() throws Exception {
        List<Evidence> evidence = play("""
                scenario: no-room
                clock: { from: "00:00", to: "04:00", lasts: 1s }
                source: { tablespaces: [fast], archive: command }
                story:
                  - at: "00:00"
                    base-backup: { label: night.1 }
                  - at: "01:00"
                    base-backup: { label: night, room: 2MB, fails-with: No Space left }
                  - at: "02:00"
                    sql: CREATE TABLE kept ()
                  - at: "03:00"
                    mark: good
                restore:
                  - from: night.1
                    to: { mark: good }
                    prove:
                      - table-exists: kept
                """);

        assertProven(evidence.get(0));
        assertThat(evidence.get(0).claims()).extracting(Claim::claim).contains("backup-leaves-nothing: night");
    }

    /** What was not checked because the plan refused is open for the plan's reason: there is one, and it was expected. */
    @Test
    void aRefusalIsExpectedWhateverElseIsClaimed() throws Exception {
        List<Evidence> evidence = play("""
                scenario: too-late
                clock: { from: "00:00", to: "04:00", lasts: 1s }
                source: { archive: command }
                story:
                  - at: "00:00"
                    base-backup: { label: night }
                  - at: "01:00"
                    sql: CREATE TABLE kept ()
                  - at: "02:00"
                    archive: pause
                  - at: "03:00"
                    accident: { sql: DROP TABLE kept }
                restore:
                  - from: night
                    to: { time: "02:30" }
                    expect: UNPROVEN AFTER_LAST_COMMIT
                    prove:
                      - table-exists: kept
                      - lost-at-most: 1h
                """);

        assertThat(evidence.get(0).asExpected())
                .as(evidence.get(0).claims().toString())
                .isTrue();
    }
}
