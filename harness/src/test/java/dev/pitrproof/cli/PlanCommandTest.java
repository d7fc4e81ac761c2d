package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.find.DamagedSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code plan} says of a real backup and archive, before anything is copied. */
@SuppressWarnings("NullAway.Init") // set before all tests
class PlanCommandTest {

    private static final int DROP = 3;

    private static DamagedSource source;

    @TempDir
    Path scratch;

    @BeforeAll
    static void makeASource() throws Exception {
        source = DamagedSource.make(18, DamagedSource.DROPPED_TABLE);
    }

    @AfterAll
    static void removeIt() throws IOException {
        source.close();
    }

    private static Outcome plan(Path backup, Path archive, String... more) {
        List<String> all = new ArrayList<>(List.of("plan", "--backup=" + backup, "--archive=" + archive));
        all.addAll(List.of(more));
        return Outcome.of(all);
    }

    private static Outcome plan(String... more) {
        return plan(source.backup().directory(), source.archive(), more);
    }

    @Test
    void saysWhatIsCopiedAndReplayedAndWhereItStops() {
        Outcome outcome = plan("--target-xid=" + source.xid(DROP), "--target-exclusive");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .startsWith("REACHABLE: backup \"nightly\" and 2 WAL segments lead to target xid " + source.xid(DROP)
                        + " (exclusive)\n")
                .containsPattern("\ncopy +[0-9.]+ MB, ")
                .containsPattern("\nreplay +[0-9.]+ MB of WAL from 0/\\w+ to 0/\\w+, timeline path \\[1\\]")
                .containsPattern("\nA +the last to come back: commit of xid " + source.xid(DROP - 1) + " at ")
                .containsPattern("\nN +the first that does not: commit of xid " + source.xid(DROP) + " at ");
    }

    @Test
    void aProgramGetsTheSame() {
        Outcome outcome = plan("--target-xid=" + source.xid(DROP), "--target-exclusive", "--json");

        JsonNode json = JsonMapper.shared().readTree(outcome.out());
        assertThat(outcome.code()).isZero();
        assertThat(json.path("result").asString()).isEqualTo("reachable");
        JsonNode way = json.path("ways").path(0);
        assertThat(way.path("chosen").asBoolean()).isTrue();
        assertThat(way.path("segments")).hasSize(2);
        assertThat(way.path("endLsn").asString()).matches("0/[0-9A-F]+");
        assertThat(way.path("lastReachable").path("xid").asLong()).isEqualTo(Long.parseLong(source.xid(DROP + 2)));
    }

    @Test
    void aTargetBehindTheArchiveGetsTheNearestBeforeIt() {
        Outcome outcome = plan("--target-time=2099-01-01T00:00:00Z");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .startsWith("NOT REACHABLE: no backup and WAL lead to target time 2099-01-01T00:00:00Z\n")
                .contains("\n  AFTER_LAST_COMMIT: expected ")
                .contains("\n  HINT: ")
                .containsPattern("\n  reachable  \\d+ commits, from commit of xid \\d+ at ")
                .contains("\n  nearest before commit of xid " + source.xid(DROP + 2) + " at ")
                .contains(": --target-xid=" + source.xid(DROP + 2))
                .doesNotContain("nearest after");
    }

    @Test
    void aTargetBeforeTheBackupGetsTheNearestAfterIt() {
        Outcome outcome = plan("--target-time=2001-01-01T00:00:00Z");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("\n  BEFORE_CONSISTENCY: expected ")
                .contains("\n  nearest after  commit of xid ")
                .doesNotContain("nearest before");
    }

    @Test
    void aLostSegmentIsNamedBeforeAnythingIsCopied() throws IOException {
        Path archive = Files.createDirectory(scratch.resolve("archive"));
        List<Path> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(source.archive())) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                Path copy = Files.copy(file, archive.resolve(name));
                if (name.matches("[0-9A-F]{24}")) {
                    segments.add(copy);
                }
            }
        }
        Path last = segments.get(segments.size() - 1);
        Files.delete(last);

        Outcome outcome = plan(source.backup().directory(), archive, "--target-xid=" + source.xid(DROP));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).startsWith("NOT REACHABLE: ").contains("expected ", "found ", "HINT: ");
    }

    @Test
    void aDirectoryOfBackupsIsSearched() {
        Outcome outcome = plan(source.backup().directory().resolveSibling(""), source.archive(), "--target-latest");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).startsWith("REACHABLE: backup \"nightly\" ").contains("lead to target latest\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--target-lsn=0/1,--target-latest | found --target-lsn and --target-latest, expected one target",
                "--target-name=a,--target-exclusive | --target-exclusive goes with --target-time, --target-lsn and --target-xid,"
                        + " found --target-name",
                "--target-time=2026-03-01T10:00:00 | has no zone: expected a time with its zone like",
                "--target-lsn=x | --target-lsn: ",
                "--target-xid=2 | --target-xid=2 is no transaction: expected 3 or more",
                "--target-latest,--target-timeline=0 | --target-timeline=0 is no timeline: expected 1 or more, current or latest",
                "--json | no target is named: expected one of --target-time, -lsn, -xid, -name, -immediate, -latest"
            })
    void aTargetThatIsNoneIsRefused(String options, String complaint) {
        Outcome outcome = plan(options.split(",", -1));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains(complaint).contains("HINT: ");
    }

    @Test
    void aDirectoryWithoutABackupIsRefused() {
        Outcome outcome = plan(scratch, source.archive(), "--target-latest");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("--backup=" + scratch + ": found no base backup, expected a directory with a backup_label");
    }
}
