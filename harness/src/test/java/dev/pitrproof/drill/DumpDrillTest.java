package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Objectives.Rpo;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.sandbox.ClientPrograms;
import dev.pitrproof.sandbox.ForwardingSandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A dump is taken while the work goes on, and restored; then with a fault in it. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
@TestMethodOrder(OrderAnnotation.class)
class DumpDrillTest {

    private static final String STORY = """
            scenario: dumped
            clock: { from: "00:00", to: "14:05", lasts: 2s }
            source:
              setup: |
                CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);
                INSERT INTO accounts SELECT g, 100 FROM generate_series(1, 100) g;
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: nightly }
              - during: "00:01-14:04"
                workload: { kind: transfers, on: accounts, rate: 200/s }
              - at: "06:00"
                logical-backup: { label: morning }
              - at: "13:00"
                mark: last-good
              - at: "14:00"
                accident: { sql: DROP TABLE accounts }
            restore:
              - from: nightly
                to: { time: "13:00" }
                prove:
                  - lost-at-most: 1h
              - from: morning
                prove:
                  - table-exists: accounts
                  - cluster-same-as: { mark: last-good }
                  - recovered-within: 10m
                  - lost-at-most: 1h
                expect: REFUTED RPO_EXCEEDED
              - from: morning
                prove:
                  - table-exists: accounts
            """;

    @TempDir
    static Path directory;

    private static Sandbox sandbox;
    private static PlayedStory story;
    private static final List<String> EXPLAINED = new ArrayList<>();

    @BeforeAll
    static void play() throws Exception {
        Path binaries = LocalServer.binaries();
        int major =
                Integer.parseInt(binaries.getName(binaries.getNameCount() - 2).toString());
        story = new DrillRunner(
                        wanted -> {
                            sandbox = ProcessSandbox.open(PostgresBinaries.find(wanted, binaries, message -> {}));
                            return sandbox;
                        },
                        options(major),
                        new DrillListener() {
                            @Override
                            public void explained(Explanation explanation) {
                                EXPLAINED.addAll(explanation.commands());
                            }
                        })
                .play(scenario());
    }

    private static Scenario scenario() throws Exception {
        return ScenarioReader.read(Files.writeString(directory.resolve("dumped.yaml"), STORY));
    }

    private static DrillOptions options(int major) {
        return new DrillOptions(major, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60));
    }

    @AfterAll
    static void close() {
        story.close();
    }

    private static Claim claim(Evidence evidence, String name) {
        return evidence.claims().stream()
                .filter(claim -> claim.claim().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Rpo rpo(Evidence evidence) {
        return Objects.requireNonNull(
                Objects.requireNonNull(evidence.objectives()).rpo());
    }

    @Test
    @Order(1)
    void holdsExactlyWhatItsSnapshotSawAndTellsWhatItLacks() throws Exception {
        Evidence recovered = story.restore(1);
        Evidence dumped = story.restore(2);

        assertThat(claim(dumped, "snapshot-restored").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim(dumped, "dump-restored").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim(dumped, "dump-unchanged").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim(dumped, "recovered-within: 10m").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim(dumped, "lost-at-most: 1h"))
                .satisfies(lost -> assertThat(lost.code()).isEqualTo("RPO_EXCEEDED"))
                .satisfies(lost -> assertThat(lost.found()).startsWith("8h (acknowledged transactions: "));
        // the day's work was done before the mark, and is in no dump of the morning
        assertThat(claim(dumped, "cluster-same-as: last-good").code()).isEqualTo("DATA_DIFFERS");
        assertThat(dumped.claims()).extracting(Claim::claim).doesNotContain("target-reached");

        LogicalBackup backup = Objects.requireNonNull(dumped.logicalBackup());
        assertThat(rpo(dumped).measured()).isEqualTo(8 * 3600);
        assertThat(rpo(recovered).measured()).isEqualTo(3600);
        assertThat(rpo(dumped).acknowledgedCommitsLostTotal())
                .isGreaterThan(rpo(recovered).acknowledgedCommitsLostTotal())
                .isLessThanOrEqualTo(backup.missing());
        assertThat(backup.sideBySide()).extracting(LogicalBackup.Loss::from).containsExactly("nightly", "morning");
        assertThat(dumped.notes()).anySatisfy(note -> assertThat(note)
                .contains("nightly by recovery to 13:00 lost 1h", "morning by pg_restore lost 8h"));
        assertThat(Objects.requireNonNull(backup.lastSeen()).time())
                .isBefore(Objects.requireNonNull(backup.firstMissing()).time());
        assertThat(dumped.attachments())
                .extracting(attachment -> attachment.file())
                .contains("pg_restore.log", "restored-server.log", "journal.jsonl");
    }

    @Test
    @Order(2)
    void isExplainedByTheStockCommands() {
        assertThat(EXPLAINED)
                .anySatisfy(command -> assertThat(command).startsWith("pg_dump -p 54320 --format=custom"))
                .anySatisfy(command -> assertThat(command).startsWith("pg_restore -p 54321 -d postgres"));
    }

    @Test
    @Order(3)
    void isRefutedWhenItWasCutShort() throws Exception {
        Path dump = sandbox.directory().resolve("dump-morning").resolve("morning.dump");
        try (FileChannel file = FileChannel.open(dump, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }

        Evidence evidence = story.restore(3);

        assertThat(evidence.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim(evidence, "dump-restored"))
                .satisfies(claim -> assertThat(claim.code()).isEqualTo("BACKUP_DAMAGED"));
        assertThat(claim(evidence, "snapshot-restored").verdict()).isEqualTo(Verdict.REFUTED);
    }

    /** As with PostgreSQL's Maven artifacts. */
    @Test
    @Order(4)
    void isUnprovenWhereThereIsNoPgDump() throws Exception {
        Path binaries = LocalServer.binaries();
        int major =
                Integer.parseInt(binaries.getName(binaries.getNameCount() - 2).toString());
        DrillRunner runner = new DrillRunner(
                wanted ->
                        new WithoutClients(ProcessSandbox.open(PostgresBinaries.find(wanted, binaries, message -> {}))),
                options(major),
                DrillListener.SILENT);

        List<Evidence> drills = runner.run(scenario());

        assertThat(drills)
                .extracting(Evidence::verdict)
                .containsExactly(Verdict.PROVEN, Verdict.UNPROVEN, Verdict.UNPROVEN);
        assertThat(drills.get(1).claims()).allSatisfy(claim -> {
            assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
            assertThat(claim.code()).isEqualTo("ENGINE_CANNOT_JUDGE");
        });
        assertThat(claim(drills.get(1), "dump-restored"))
                .satisfies(claim -> assertThat(claim.found()).isEqualTo("there is no pg_dump here"))
                .satisfies(claim -> assertThat(claim.hint()).isEqualTo("install it"));
    }

    private static final class WithoutClients extends ForwardingSandbox {
        WithoutClients(Sandbox sandbox) {
            super(sandbox);
        }

        @Override
        public ClientPrograms clientPrograms() throws IOException {
            throw new SandboxException(
                    SandboxException.Kind.CANNOT_JUDGE, "there is no pg_dump here", "install it", null);
        }
    }
}
