package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.RecoveryTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who is believed: not the server's log, whatever language and format it is set to, and not settings that came with the
 * backup; and a server that cannot pause at its target only if two witnesses speak for it all the same.
 */
@ParameterizedClass
@MethodSource("majors")
@SuppressWarnings("NullAway.Init") // set before the tests of each major
class RecoveryWitnessesTest {

    private static final String ROWS = "SELECT string_agg(a::text, ' ' ORDER BY a) FROM rows";
    private static final String MORE_THAN_A_SNAPSHOT_HOLDS = "DO $$ BEGIN FOR i IN 1..100 LOOP"
            + " BEGIN INSERT INTO rows VALUES (100 + i); EXCEPTION WHEN others THEN NULL; END; END LOOP; END $$";

    /** Settings that would send a recovery elsewhere, or its words to where nobody reads them. */
    private static final List<String> SETTINGS = List.of(
            "lc_messages = 'de_DE.UTF-8'",
            "log_destination = 'csvlog,jsonlog'",
            "logging_collector = on",
            "log_directory = '/nowhere'",
            "recovery_target_xid = '3'",
            "recovery_target_action = 'shutdown'",
            "recovery_target_timeline = '7'",
            "restore_command = 'false'",
            "primary_conninfo = 'host=nowhere'",
            "hot_standby = off",
            "archive_mode = always",
            "shared_preload_libraries = 'no_such_library'");

    @TempDir
    private static Path scratch;

    private static RecoverySource source;
    private static Path overflowed;
    private static Path backup;
    private static long xid;

    RecoveryWitnessesTest(int major) {
        assertThat(source.major()).isEqualTo(major);
    }

    static IntStream majors() {
        return RecoverySource.majors();
    }

    @BeforeParameterizedClassInvocation
    static void play(int major) throws Exception {
        source = RecoverySource.start(major, Map.of());
        source.sql(
                "CREATE TABLE rows (a int)",
                // what a user may set for every session, those on a restored cluster included
                "ALTER ROLE ALL SET default_transaction_isolation = 'serializable'",
                "ALTER DATABASE postgres SET datestyle = 'German'",
                "ALTER DATABASE postgres SET statement_timeout = '1ms'",
                "ALTER DATABASE postgres SET idle_in_transaction_session_timeout = '1ms'",
                "CREATE FUNCTION pg_last_wal_replay_lsn() RETURNS pg_lsn LANGUAGE sql AS $$ SELECT '7F/0'::pg_lsn $$",
                "ALTER ROLE postgres SET search_path = public, pg_catalog");
        try (Connection busy = source.connect();
                Statement statement = busy.createStatement()) {
            // before there is a transaction to be idle in: a slow machine lets the millisecond pass at once
            statement.execute("SET idle_in_transaction_session_timeout = 0");
            busy.setAutoCommit(false);
            statement.execute(MORE_THAN_A_SNAPSHOT_HOLDS);
            overflowed = source.backUp("overflowed", WalMethod.NONE, () -> insert(1));
            busy.rollback();
        }
        backup = source.backUp("backup", WalMethod.NONE, () -> insert(2));
        insert(3);
        xid = Long.parseLong(source.query("SELECT xmin::text FROM rows WHERE a = 3"));
        insert(4);
        source.archiveAll();
    }

    private static void insert(int row) throws SQLException {
        source.sql("INSERT INTO rows VALUES (" + row + ")");
    }

    @AfterParameterizedClassInvocation
    static void remove() throws Exception {
        source.close();
    }

    private static ProveRun prove(Path of, String rows, String... target) {
        return new ProveRun.Of(of, source.archive(), scratch).to(ProveRun.Of.query(ROWS, rows), target);
    }

    private static FaultyProof faulty(Path of) {
        return new FaultyProof(of, source.archive(), scratch);
    }

    @Test
    void settingsOfTheBackupDoNotMatter() throws Exception {
        Path set = source.copy(backup, "set");
        for (String file : List.of("postgresql.auto.conf", "postgresql.conf")) {
            Files.write(set.resolve(file), SETTINGS, StandardOpenOption.APPEND);
        }
        Files.createFile(set.resolve("standby.signal"));
        Files.delete(set.resolve("backup_manifest")); // it knows postgresql.conf

        ProveRun run = ProveRun.run(
                set,
                source.archive(),
                Files.createTempDirectory(scratch, "out"),
                List.of("--target-xid=" + xid, "--no-structure"));

        Claim target = run.claim("target-reached");
        assertThat(target.code()).as(run.out()).isEqualTo(FindingCode.TARGET_EXACT.name());
        assertThat(target.witnesses()).hasSize(3);
        assertThat(run.code()).as(run.out()).isEqualTo(3);
        assertThat(run.out()).contains("? backup-intact: the backup has no manifest");
    }

    @Test
    void aServerThatSaysNothingIsProvedAllTheSame() throws Exception {
        RecoveryTarget target = new RecoveryTarget.Xid((int) xid, true);

        Evidence silent = faulty(backup)
                .to(target, source.major(), (data, settings) -> settings.put("log_min_messages", "panic"));
        Evidence other = faulty(backup).to(target, source.major(), (data, settings) -> {
            settings.put("log_min_messages", "panic");
            settings.put("recovery_target_inclusive", "off");
        });

        FaultyProof.assertTarget(silent, Verdict.PROVEN, FindingCode.TARGET_EXACT);
        FaultyProof.assertTarget(other, Verdict.REFUTED, FindingCode.STOPPED_EARLY);
    }

    @Test
    void aSecondTargetLeftInTheSettingsEndsTheRestoreAndProvesNothing() throws Exception {
        Evidence two = faulty(backup)
                .to(
                        new RecoveryTarget.Xid((int) xid, true),
                        source.major(),
                        (data, settings) -> settings.put("recovery_target_name", "another"));

        FaultyProof.assertTarget(two, Verdict.UNPROVEN, FindingCode.ENVIRONMENT);
        assertThat(FaultyProof.target(two).found()).contains("multiple recovery targets specified");
    }

    @Test
    void aServerThatCannotPauseIsAskedAfterItsPromotion() throws Exception {
        ProveRun run = prove(overflowed, "1", "--target-immediate").isProven();

        assertThat(witnesses(run))
                .contains("{\"when\":\"paused\",\"question\":\"pg_is_in_recovery()\",\"answer\":false}");
        assertThat(run.claim("target-reached").witnesses())
                .containsExactly(
                        "replay position while paused",
                        "status of every transaction",
                        "history file of the new timeline");
        Evidence late = faulty(overflowed)
                .to(
                        new RecoveryTarget.Immediate(),
                        source.major(),
                        (data, settings) -> settings.remove("recovery_target"));
        FaultyProof.assertTarget(late, Verdict.REFUTED, FindingCode.STOPPED_LATE);
    }

    private static List<String> witnesses(ProveRun run) throws Exception {
        return Files.readAllLines(run.output().resolve(run.evidence().drill()).resolve("witnesses.jsonl"));
    }

    @Test
    void atTheEndOfTheArchiveNoServerPauses() throws Exception {
        ProveRun run = prove(backup, "1 2 3 4", "--target-latest").isProven();

        assertThat(witnesses(run))
                .contains("{\"when\":\"paused\",\"question\":\"pg_is_in_recovery()\",\"answer\":false}");
        Evidence early = faulty(backup).to(new RecoveryTarget.Latest(), source.major(), (data, settings) -> {
            settings.put("recovery_target_xid", Long.toString(xid));
            settings.put("recovery_target_action", "promote");
        });
        FaultyProof.assertTarget(early, Verdict.REFUTED, FindingCode.STOPPED_EARLY);
    }
}
