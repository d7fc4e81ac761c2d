package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.nio.file.Path;
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
 * PostgreSQL's {@code t/003_recovery_targets.pl}, proved: six times a thousand rows, each with a target behind it, on a
 * server whose xids no longer fit into 32 bits; and a prepared transaction that is open at a target.
 */
@ParameterizedClass
@MethodSource("majors")
@SuppressWarnings("NullAway.Init") // set before the tests of each major
class RecoveryTargetsTest {

    private static final String ROWS = "SELECT count(*) FROM tab_int";
    private static final long EPOCH = 1L << 32;

    @TempDir
    private static Path scratch;

    private static RecoverySource source;
    private static Path backup;
    private static long xid;
    private static String time;
    private static String lsn;

    RecoveryTargetsTest(int major) {
        assertThat(source.major()).isEqualTo(major);
    }

    static IntStream majors() {
        return RecoverySource.majors();
    }

    @BeforeParameterizedClassInvocation
    static void play(int major) throws Exception {
        source = RecoverySource.start(major, Map.of());
        source.setEpoch(1);
        source.sql("CREATE TABLE tab_int AS SELECT generate_series(1, 1000) AS a", "CREATE TABLE meanwhile (a int)");
        backup = source.backUp("busy", WalMethod.NONE, () -> source.sql("INSERT INTO meanwhile VALUES (1)"));
        xid = Long.parseLong(insert(1001));
        time = source.query("SELECT to_char(pg_xact_commit_timestamp('"
                + (Long.parseLong(insert(2001)) - EPOCH)
                + "'::xid) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        insert(3001);
        source.sql("SELECT pg_create_restore_point('my_target')");
        insert(4001);
        lsn = source.query("SELECT pg_current_wal_lsn()");
        insert(5001);
        twoPhases();
        source.archiveAll();
    }

    /** Prepared before the restore point, committed behind it; another one ends before. */
    private static void twoPhases() throws Exception {
        source.sql(
                "CREATE TABLE two (a int)",
                "BEGIN; INSERT INTO two VALUES (41); PREPARE TRANSACTION 'ended'; COMMIT PREPARED 'ended'",
                "BEGIN; INSERT INTO two VALUES (42); PREPARE TRANSACTION 'open';",
                "SELECT pg_create_restore_point('between')",
                "COMMIT PREPARED 'open'",
                "INSERT INTO two VALUES (43)");
    }

    @AfterParameterizedClassInvocation
    static void remove() throws Exception {
        source.close();
    }

    private static String insert(int from) throws Exception {
        return source.query("WITH i AS (INSERT INTO tab_int SELECT generate_series(" + from + ", " + (from + 999)
                + ") RETURNING 1) SELECT pg_current_xact_id()::text FROM i LIMIT 1");
    }

    private static ProveRun prove(int rows, String... target) {
        return prove(ProveRun.Of.query(ROWS, rows), target);
    }

    private static ProveRun prove(String claims, String... target) {
        return new ProveRun.Of(backup, source.archive(), scratch).to(claims, target);
    }

    @Test
    void immediately() {
        prove(1000, "--target-immediate").isProven();
    }

    @Test
    void atATransactionWhoseXidIsBeyond32Bits() {
        assertThat(xid).isGreaterThan(EPOCH);
        ProveRun whole = prove(2000, "--target-xid=" + xid).isProven();
        assertThat(lastApplied(whole).xid()).isEqualTo(xid);

        prove(1000, "--target-xid=" + xid, "--target-exclusive").isProven();
    }

    @Test
    void atATime() {
        prove(3000, "--target-time=" + time).isProven();
        prove(2000, "--target-time=" + time, "--target-exclusive").isProven();
    }

    @Test
    void atAPosition() {
        ProveRun behind = prove(5000, "--target-lsn=" + lsn).isProven();

        // an LSN target compares where a record starts: this one is the commit itself
        String commit = lastApplied(behind).lsn();
        prove(4000, "--target-lsn=" + commit, "--target-exclusive").isProven();
    }

    private static RecordRef lastApplied(ProveRun run) {
        return Objects.requireNonNull(
                Objects.requireNonNull(run.evidence().oracle()).lastApplied());
    }

    @Test
    void atTheEndOfTheArchiveAPreparedTransactionHasEndedThatIsOpenAtATargetBefore() {
        String open = "SELECT string_agg(gid, ' ') FROM pg_prepared_xacts";
        String rows = "SELECT string_agg(a::text, ' ' ORDER BY a) FROM two";

        prove(ProveRun.Of.query(open, "open") + ProveRun.Of.query(rows, 41), "--target-name=between")
                .isProven();
        String atTheEnd = ProveRun.Of.query(ROWS, 6000) + ProveRun.Of.query(open, "null");
        prove(atTheEnd + ProveRun.Of.query(rows, "41 42 43"), "--target-latest").isProven();
        ProveRun wrong = prove(ProveRun.Of.query(open, "null"), "--target-name=between")
                .isRefuted(FindingCode.DATA_DIFFERS, "query: " + open + ": open");
        assertThat(wrong.claim("target-reached").verdict()).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void atARestorePointAndHowLongEachPhaseTook() throws Exception {
        ProveRun run = prove(ProveRun.Of.query(ROWS, 4000) + "  - recovered-within: 10m\n", "--target-name=my_target")
                .isProven();
        Objectives.Rto rto = Objects.requireNonNull(
                Objects.requireNonNull(run.evidence().objectives()).rto());

        assertThat(rto.phases().keySet()).containsExactly("copy", "start", "replay", "witnesses", "promotion");
        assertThat(rto.phases().values())
                .allSatisfy(seconds -> assertThat(seconds).isNotNegative());
        assertThat(rto.phases().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isCloseTo(rto.measured(), within(1e-6));
        assertThat(rto.asked()).isEqualTo(600);
        assertThat(rto.checks()).isPositive();
        assertThat(run.claim("recovered-within").code()).isEqualTo(FindingCode.OBJECTIVE_MET.name());
        assertThat(run.output().resolve("drills/" + run.evidence().drill() + ".html"))
                .content()
                .contains("Recovery time", "aria-label=\"promotion\"", "checked in");
    }

    @Test
    void oneRowMoreThanThereIsRefutesAndSoDoesATimeThatIsTooLong() {
        ProveRun wrong = prove(ProveRun.Of.query(ROWS, 4001) + "  - recovered-within: 1ms\n", "--target-name=my_target")
                .isRefuted(FindingCode.DATA_DIFFERS, "query: " + ROWS + ": 4000");

        assertThat(wrong.claim("target-reached").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(wrong.claim("recovered-within").code()).isEqualTo(FindingCode.RTO_EXCEEDED.name());
    }

    @Test
    void twoTargetsAreRefused() {
        ProveRun both = prove(4000, "--target-name=my_target", "--target-time=" + time);

        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err())
                .contains("found --target-time and --target-name, expected one target")
                .contains("HINT: ");
    }

    @Test
    void aTargetThatIsNeverReached() {
        String end = "the archive ends at ";
        prove(6000, "--target-name=does_not_exist").isRefuted(FindingCode.TARGET_NOT_REACHED, end);
        prove(6000, "--target-xid=" + (xid + 1_000_000)).isRefuted(FindingCode.TARGET_NOT_REACHED, end);
        prove(6000, "--target-lsn=7F/0").isRefuted(FindingCode.TARGET_NOT_REACHED, end);
        prove(6000, "--target-time=2999-01-01T00:00:00Z")
                .isUnproven(FindingCode.AFTER_LAST_COMMIT, end, "last provable commit: xid 42949");
    }
}
