package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.sandbox.ClientPrograms;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.ForwardingSandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --sabotage} and {@code recheck} say of a dump. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
@TestMethodOrder(OrderAnnotation.class)
class SabotagedDumpTest {

    private static final String STORY = """
            scenario: dumped-twice
            clock: { from: "00:00", to: "04:00", lasts: 1s }
            source:
              setup: CREATE TABLE kept AS SELECT 1 AS a
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: nightly }
              - during: "00:10-03:50"
                workload: { kind: ledger, rate: 200/s }
              - at: "01:00"
                logical-backup: { label: early }
              - at: "02:00"
                logical-backup: { label: late }
              - at: "03:00"
                accident: { sql: DROP TABLE kept }
            restore:
              - from: late
                prove:
                  - table-exists: kept
                  - lost-at-most: 1h
              - from: late
                prove:
                  - table-exists: kept
              - from: late
                prove:
                  - lost-at-most: 1h
            """;

    @TempDir
    static Path directory;

    private static Sandbox sandbox;
    private static PlayedStory story;
    private static int major;

    /** Whose pg_restore brings the rows whatever it is told. */
    private static boolean bringsRows;

    @BeforeAll
    static void play() throws Exception {
        Path binaries = LocalServer.binaries();
        major = Integer.parseInt(binaries.getName(binaries.getNameCount() - 2).toString());
        DrillOptions options =
                new DrillOptions(major, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60), true);
        story = new DrillRunner(
                        wanted -> {
                            sandbox = ProcessSandbox.open(PostgresBinaries.find(wanted, binaries, message -> {}));
                            return new Forgetful(sandbox);
                        },
                        options,
                        DrillListener.SILENT)
                .play(ScenarioReader.read(Files.writeString(directory.resolve("dumped-twice.yaml"), STORY)));
    }

    @AfterAll
    static void close() {
        story.close();
    }

    private static final class Forgetful extends ForwardingSandbox {
        Forgetful(Sandbox sandbox) {
            super(sandbox);
        }

        @Override
        public ClientPrograms clientPrograms() throws IOException {
            ClientPrograms programs = super.clientPrograms();
            return new ClientPrograms() {
                @Override
                public String version() {
                    return programs.version();
                }

                @Override
                public String where() {
                    return programs.where();
                }

                @Override
                public Result run(String program, List<String> arguments, Cluster cluster, Path place)
                        throws IOException {
                    List<String> told = arguments.stream()
                            .filter(argument -> !bringsRows || !argument.equals("--schema-only"))
                            .toList();
                    return programs.run(program, told, cluster, place);
                }
            };
        }
    }

    private static Claim sabotage(Evidence evidence) {
        return evidence.claims().stream()
                .filter(claim -> claim.claim().equals("sabotage"))
                .findFirst()
                .orElseThrow();
    }

    private static Path evidenceDirectory(int number) {
        return directory.resolve("out").resolve("dumped-twice-pg" + major + "-" + number);
    }

    private static Recheck.Result recheck(Evidence evidence) throws IOException {
        try (DirectoryArchive archive =
                DirectoryArchive.open(sandbox.directory().resolve("archive"))) {
            return new Recheck(evidence, evidenceDirectory(3), archive).run();
        }
    }

    @Test
    @Order(1)
    void aFaultThatIsNotCaughtMakesTheDrillFail() throws Exception {
        bringsRows = true;

        Evidence evidence = story.restore(1);

        assertThat(evidence.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(sabotage(evidence).code()).isEqualTo("SABOTAGE_MISSED");
        assertThat(sabotage(evidence).found())
                .isEqualTo(
                        "3 of 4 caught; not caught: the tables are restored without their rows (PROVEN BACKUP_INTACT)");
    }

    @Test
    @Order(2)
    void everyFaultOfADumpIsCaught() throws Exception {
        bringsRows = false;

        Evidence evidence = story.restore(2);

        assertThat(evidence.claims())
                .allSatisfy(claim -> assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN));
        assertThat(sabotage(evidence).found())
                .isEqualTo("4 of 4 caught: the dump is cut short (BACKUP_DAMAGED), the dump is missing"
                        + " (BACKUP_DAMAGED), the tables are restored without their rows (DATA_DIFFERS), another dump has"
                        + " its name (DATA_DIFFERS)");
        assertThat(evidenceDirectory(2).resolve("sabotage.jsonl")).exists();
        try (Stream<Path> left = Files.list(sandbox.directory())) {
            assertThat(left.map(file -> String.valueOf(file.getFileName())))
                    .as("copies that the trials left behind")
                    .noneMatch(name -> name.endsWith("-copy"));
        }
    }

    @Test
    @Order(3)
    void isRecheckedAgainstTheCommitsInTheArchive() throws Exception {
        Evidence evidence = story.restore(3);

        Recheck.Result result = recheck(evidence);

        assertThat(result.disagreements()).isEmpty();
        assertThat(result.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(result.comparisons())
                .extracting(Recheck.Comparison::what)
                .contains("commits that are in the dump", "commits that it lacks");
        assertThat(result.open())
                .containsExactly("the rows that came back: claims about them are taken as they were recorded");

        loseTheSegmentOf(Objects.requireNonNull(
                        Objects.requireNonNull(evidence.logicalBackup()).lastSeen())
                .lsn());

        assertThat(recheck(evidence).disagreements())
                .extracting(Recheck.Comparison::what)
                .contains("commits that are in the dump", "the last of them");
    }

    /** Segments are of 1 MB, and all below 4 GB. */
    private static void loseTheSegmentOf(String lsn) throws IOException {
        long offset = Long.parseLong(lsn.substring(lsn.indexOf('/') + 1), 16);
        Files.delete(
                sandbox.directory().resolve("archive").resolve(String.format("00000001%08X%08X", 0, offset >> 20)));
    }
}
