package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.proof.FindingCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Targets beyond the switch to another timeline: a backup was recovered once and worked on, while the archive also holds
 * what the old timeline went on with. Behind the fork, both have used the same xids.
 */
@ParameterizedClass
@MethodSource("majors")
@SuppressWarnings("NullAway.Init") // set before the tests of each major
class RecoveryBranchesTest {

    private static final String WHO = "SELECT string_agg(a, ' ' ORDER BY a) FROM who";

    @TempDir
    private static Path scratch;

    private static RecoverySource source;
    private static Path backup;
    private static Path backupOfSecond;
    private static long onBoth;
    private static long onSecondOnly;
    private static String timeOnSecond;

    RecoveryBranchesTest(int major) {
        assertThat(source.major()).isEqualTo(major);
    }

    static IntStream majors() {
        return RecoverySource.majors();
    }

    @BeforeParameterizedClassInvocation
    static void play(int major) throws Exception {
        source = RecoverySource.start(major, Map.of());
        source.sql("CREATE TABLE who (a text)");
        backup = source.backUp("before-the-fork");
        source.sql("INSERT INTO who VALUES ('common')", "SELECT pg_create_restore_point('fork')");
        onBoth = insert("first");
        source.archiveAll();
        source.archiveAll();
        source.continueOn(backup, Map.of("recovery_target_name", "fork", "recovery_target_timeline", "1"));
        assertThat(insert("second")).isEqualTo(onBoth);
        onSecondOnly = insert("more");
        timeOnSecond = source.query(
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC'," + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        backupOfSecond = source.backUp("behind-the-fork");
        insert("most");
        source.archiveAll();
    }

    private static long insert(String who) throws Exception {
        return Long.parseLong(source.query("INSERT INTO who VALUES ('" + who + "') RETURNING xmin::text"));
    }

    @AfterParameterizedClassInvocation
    static void remove() throws Exception {
        source.close();
    }

    private static ProveRun prove(Path of, String expected, String... target) {
        return new ProveRun.Of(of, source.archive(), scratch).to(ProveRun.Of.query(WHO, expected), target);
    }

    private static ProveRun prove(String expected, String... target) {
        return prove(backup, expected, target);
    }

    private static void assertPath(ProveRun run, Integer... timelines) {
        Oracle oracle = Objects.requireNonNull(run.evidence().oracle());
        Target target = Objects.requireNonNull(run.evidence().target());
        assertThat(oracle.timelinePath()).containsExactly(timelines);
        assertThat(target.timeline()).isEqualTo(timelines[timelines.length - 1]);
    }

    @Test
    void anXidThatBothHaveIsAQuestion() {
        String xid = "--target-xid=" + onBoth;

        ProveRun open = prove("common", xid);

        assertThat(open.code()).isEqualTo(2);
        assertThat(open.err())
                .contains("WHICH TIMELINE? target xid " + onBoth + " can be reached on more than one")
                .contains("--target-timeline=1")
                .contains("--target-timeline=2")
                .contains("HINT: ");
        assertPath(prove("common first", xid, "--target-timeline=1").isProven(), 1);
        assertPath(prove("common second", xid, "--target-timeline=2").isProven(), 1, 2);
        prove("common first", xid, "--target-timeline=2")
                .isRefuted(FindingCode.DATA_DIFFERS, "query: " + WHO + ": common second");
    }

    @Test
    void beforeTheForkAllWaysAreTheSame() {
        prove("common", "--target-name=fork").isProven();
    }

    @Test
    void aTimelineHasPostgresWordsForIt() {
        assertPath(
                prove("common first", "--target-latest", "--target-timeline=current")
                        .isProven(),
                1);
        ProveRun typo = prove("common", "--target-latest", "--target-timeline=lastest");
        assertThat(typo.code()).isEqualTo(2);
        assertThat(typo.err())
                .contains("--target-timeline=lastest is no timeline: expected 1 or more, current or latest");
    }

    @Test
    void whatOnlyTheOtherBranchHasIsNotReached() {
        String xid = "--target-xid=" + onSecondOnly;
        String time = "--target-time=" + timeOnSecond;

        assertPath(prove("common more second", xid).isProven(), 1, 2);
        prove("common more second", xid, "--target-timeline=current")
                .isRefuted(FindingCode.TARGET_NOT_REACHED, "the archive ends at ");
        prove("common more second", time, "--target-timeline=1")
                .isUnproven(FindingCode.AFTER_LAST_COMMIT, "the archive ends at ");
    }

    @Test
    void aBackupOfTheOneDoesNotLeadToTheOther() {
        assertPath(
                prove(backupOfSecond, "common more most second", "--target-latest")
                        .isProven(),
                1,
                2);
        prove(backupOfSecond, "common first", "--target-latest", "--target-timeline=1")
                .isRefuted(FindingCode.WRONG_BRANCH, "timeline 1");
        prove("common", "--target-latest", "--target-timeline=3")
                .isRefuted(FindingCode.WRONG_BRANCH, "timeline 3, of which the archive has no history file");
    }

    @Test
    void aCommandFetchesWhatTheLatestTimelineNeeds() throws Exception {
        String command = "--restore-command=test -f " + source.archive() + "/%f && cp " + source.archive() + "/%f %p";
        Path output = Files.createTempDirectory(scratch, "out");
        Path claims = Files.writeString(
                output.resolve("claims.yaml"), "prove:\n" + ProveRun.Of.query(WHO, "common more most second"));
        List<String> latest =
                List.of(command, "--target-latest", "--target-timeline=latest", "--no-structure", "--claims=" + claims);

        assertPath(ProveRun.run(backup, null, output, latest).isProven(), 1, 2);
    }

    @Test
    void walOfTheOtherBranchIsNoWayThere() throws Exception {
        Path archive = source.copy(source.archive(), "swapped");
        try (var files = Files.list(archive)) {
            // what a script leaves that takes a segment for the one of the same number on the timeline before
            for (Path second : files.filter(file -> name(file).matches("00000002[0-9A-F]{16}"))
                    .toList()) {
                Path first = archive.resolve("00000001" + name(second).substring(8));
                if (Files.exists(first)) {
                    Files.delete(second);
                    Files.copy(first, second);
                }
            }
        }

        ProveRun swapped = new ProveRun.Of(backup, archive, scratch)
                .to(ProveRun.Of.query(WHO, "common second"), "--target-xid=" + onBoth, "--target-timeline=2");

        swapped.isRefuted(
                FindingCode.WAL_CORRUPT,
                "expected the record with which timeline 2 begins, found another one: the file holds another timeline's");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
