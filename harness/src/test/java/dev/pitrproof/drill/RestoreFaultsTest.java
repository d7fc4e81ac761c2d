package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.restore.FaultySandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.scenario.ScenarioReader;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One story, restored again and again to the same moment, each time with another fault in the restore. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class RestoreFaultsTest {

    private static final int SEGMENT_SIZE = 1 << 20;
    private static final DateTimeFormatter TARGET = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSx");
    private static final int RESTORES = 11;

    private static final String STORY = """
            scenario: faults
            postgres: 14-18
            clock: { from: "00:00", to: "06:00", lasts: 2s }
            source:
              setup: CREATE TABLE kept AS SELECT 1 AS a
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: nightly, checkpoint: fast }
              - during: "00:30-05:30"
                workload: { kind: ledger, rate: 1000/s }
              - at: "01:00"
                sql: SELECT pg_switch_wal()
              - at: "02:00"
                sql: SELECT pg_switch_wal()
              - at: "02:30"
                base-backup: { label: busy }
              - at: "02:30"
                mark: behind-a-backup
              - at: "03:00"
                mark: here
              - at: "04:00"
                accident: { sql: DROP TABLE kept }
            restore:
            """;
    private static final String RESTORE = """
              - from: nightly
                to: { mark: here }
                prove:
                  - table-exists: kept
                  - query: { sql: SELECT a FROM kept, equals: 1 }
                  - lost-at-most: 1h
            """;

    @TempDir
    static Path directory;

    private static FaultySandbox sandbox;
    private static List<Evidence> evidence;

    @BeforeAll
    static void runTheStory() throws Exception {
        Path file = Files.writeString(directory.resolve("faults.yaml"), STORY + RESTORE.repeat(RESTORES));
        DrillOptions options = new DrillOptions(17, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60));
        DrillRunner runner = new DrillRunner(
                major -> sandbox = withFaults(ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}))),
                options,
                DrillListener.SILENT);
        evidence = runner.run(ScenarioReader.read(file));
    }

    private static FaultySandbox withFaults(ProcessSandbox real) {
        Path archive = real.directory().resolve("archive");
        return new FaultySandbox(real)
                // 1 goes as it must
                .before("restore-2", (data, settings) -> {
                    Files.delete(data.resolve("recovery.signal"));
                    copyFiles(real.directory().resolve("backups/nightly/pg_wal"), data.resolve("pg_wal"));
                })
                .before("restore-3", (data, settings) -> moveTarget(settings, -150))
                .before("restore-4", (data, settings) -> moveTarget(settings, 150))
                .before(
                        "restore-5",
                        (data, settings) -> settings.merge(
                                "restore_command",
                                "test %f != " + secondSegment(data) + " && ",
                                (old, test) -> test + old))
                .before("restore-6", (data, settings) -> {
                    settings.keySet().removeIf(name -> name.startsWith("recovery_target"));
                    settings.merge(
                            "restore_command", "test %f != " + secondSegment(data) + " && ", (old, test) -> test + old);
                })
                .before("restore-7", (data, settings) -> Files.createFile(archive.resolve("intruder")))
                .whenReady("restore-8", cluster -> cluster.stop(StopMode.KILL))
                .before("restore-9", (data, settings) -> Files.delete(data.resolve("backup_label")))
                .before("restore-10", (data, settings) -> lost = archive.resolve(secondSegment(data)))
                .whenClosed("restore-10", cluster -> Files.delete(lost));
        // 11 finds the segment gone that was deleted during 10
    }

    private static Path lost;

    private static void moveTarget(Map<String, String> settings, long milliseconds) {
        settings.computeIfPresent(
                "recovery_target_time",
                (name, time) -> TARGET.format(OffsetDateTime.parse(time, TARGET).plusNanos(milliseconds * 1_000_000)));
    }

    /** The segment behind the one that the backup starts in. */
    private static String secondSegment(Path data) throws IOException {
        Matcher file =
                Pattern.compile("\\(file ([0-9A-F]{24})\\)").matcher(Files.readString(data.resolve("backup_label")));
        assertThat(file.find()).isTrue();
        return SegmentName.parse(file.group(1), SEGMENT_SIZE).next().fileName();
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
            }
        }
    }

    private static Evidence of(int restore) {
        assertThat(evidence).hasSize(RESTORES);
        return evidence.get(restore - 1);
    }

    private static Claim claim(int restore, String name) {
        return of(restore).claims().stream()
                .filter(claim -> claim.claim().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no claim " + name + " in " + of(restore).claims()));
    }

    private static void assertTarget(int restore, Verdict verdict, String code) {
        Claim target = claim(restore, "target-reached");
        assertThat(target.verdict()).as(target.toString()).isEqualTo(verdict);
        assertThat(target.code()).as(target.toString()).isEqualTo(code);
        assertThat(of(restore).verdict()).isNotEqualTo(verdict == Verdict.PROVEN ? null : Verdict.PROVEN);
    }

    @Test
    void withoutAFaultEverythingIsProven() {
        assertTarget(1, Verdict.PROVEN, "TARGET_EXACT");
        assertThat(of(1).verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(of(1).asExpected()).isTrue();
        assertThat(claim(1, "target-reached").witnesses()).hasSize(4);
        assertThat(claim(1, "archive-unchanged").code()).isEqualTo("NO_SIDE_EFFECT");
    }

    /** Also behind a step that lets the workload go on, such as a backup. */
    @Test
    void aMarkIsAMomentWithoutATransactionInFlight() throws Exception {
        Story story = of(1).story();
        assertThat(story).isNotNull();
        List<Instant> marks = story.moments().stream()
                .filter(moment -> moment.kind().equals("mark"))
                .map(Story.Moment::serverTime)
                .toList();
        assertThat(marks).hasSize(2);
        List<String> journal = Files.readAllLines(directory.resolve("out/faults-pg17-1/journal.jsonl"));
        assertThat(journal).hasSizeGreaterThan(100);
        Pattern times = Pattern.compile("\"started\":\"([^\"]+)\",\"ended\":\"([^\"]+)\"");
        assertThat(journal).allSatisfy(line -> {
            Matcher entry = times.matcher(line);
            assertThat(entry.find()).isTrue();
            // a barrier sleeps 2 ms before and after it reads the clock
            Instant begin = Instant.parse(entry.group(1)).minusMillis(1);
            Instant end = Instant.parse(entry.group(2)).plusMillis(1);
            assertThat(marks).as(line).allSatisfy(mark -> assertThat(mark.isAfter(begin) && mark.isBefore(end))
                    .isFalse());
        });
    }

    @Test
    void aServerThatWasNeverToldToRecoverIsFoundOut() {
        assertTarget(2, Verdict.REFUTED, "NOT_RECOVERED");
        assertThat(of(2).asExpected()).isFalse();
    }

    private static long lost(int restore) {
        Objectives objectives = of(restore).objectives();
        assertThat(objectives).isNotNull();
        assertThat(objectives.rpo()).isNotNull();
        return objectives.rpo().acknowledgedCommitsLostTotal();
    }

    @Test
    void anEarlierTargetThanPlannedIsFoundOut() {
        assertTarget(3, Verdict.REFUTED, "STOPPED_EARLY");
        assertThat(claim(3, "target-reached").found())
                .startsWith("the server was told ")
                .contains(" earlier than ");
        assertThat(claim(1, "lost-at-most: 1h").found()).isEqualTo("1h");
        assertThat(claim(3, "lost-at-most: 1h").code())
                .as("what is lost is measured from where it did stop")
                .isEqualTo("RPO_EXCEEDED");
        assertThat(lost(3)).isGreaterThan(lost(1));
    }

    @Test
    void aLaterTargetThanPlannedIsFoundOut() {
        assertTarget(4, Verdict.REFUTED, "STOPPED_LATE");
        assertThat(claim(4, "target-reached").found())
                .startsWith("the server was told ")
                .contains(" later than ");
        assertThat(lost(4)).isLessThan(lost(1));
    }

    @Test
    void aRestoreCommandThatHidesASegmentKillsARecoveryWithATarget() {
        assertTarget(5, Verdict.UNPROVEN, "ENVIRONMENT");
        assertThat(claim(5, "target-reached").found())
                .contains("FATAL:  recovery ended before configured recovery target was reached");
        assertThat(claim(5, "archive-unchanged").verdict()).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void aRestoreCommandThatHidesASegmentPromotesARecoveryWithoutOneAndThatIsEarly() {
        assertTarget(6, Verdict.REFUTED, "STOPPED_EARLY");
    }

    @Test
    void aFileThatAppearsInTheArchiveIsASideEffect() {
        assertTarget(7, Verdict.PROVEN, "TARGET_EXACT");
        assertThat(claim(7, "archive-unchanged").code()).isEqualTo("SIDE_EFFECT");
        assertThat(claim(7, "archive-unchanged").found()).isEqualTo("intruder is new");
        assertThat(of(7).verdict()).isEqualTo(Verdict.REFUTED);
    }

    @Test
    void aServerThatIsKilledProvesNothing() {
        assertTarget(8, Verdict.UNPROVEN, "ENVIRONMENT");
        assertThat(claim(8, "target-reached").found()).startsWith("the restored server died: ");
        assertThat(claim(8, "table-exists: kept").verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(of(8).verdict()).isEqualTo(Verdict.UNPROVEN);
    }

    @Test
    void withoutItsLabelABackupIsNeverProven() {
        assertThat(of(9).verdict()).isNotEqualTo(Verdict.PROVEN);
    }

    @Test
    void aSegmentThatGoesFromTheArchiveIsASideEffect() {
        assertTarget(10, Verdict.PROVEN, "TARGET_EXACT");
        assertThat(claim(10, "archive-unchanged").found()).isEqualTo(lost.getFileName() + " is gone");
        assertThat(of(10).verdict()).isEqualTo(Verdict.REFUTED);
    }

    @Test
    void nothingIsCopiedForARestoreThatCannotReachItsTarget() {
        assertTarget(11, Verdict.REFUTED, "WAL_GAP");
        assertThat(claim(11, "target-reached").found()).contains("segment " + lost.getFileName());
        assertThat(claim(11, "table-exists: kept").verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(sandbox.directories()).contains("restore-10-data").doesNotContain("restore-11-data", "restore-11");
    }
}
