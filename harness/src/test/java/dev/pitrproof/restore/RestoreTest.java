package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.archive.Compressed;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of target on one source's backups, and what a server does that cannot pause. */
@SuppressWarnings("NullAway.Init") // set before all tests
class RestoreTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Sandbox real;
    private static Path archive;
    private static BaseBackup backup;
    private static BaseBackup backupInALongTransaction;
    private static int xid;
    private static Lsn beforeTheCommit;
    private static Instant time;

    @BeforeAll
    static void makeASource() throws Exception {
        real = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
        Path scripts = real.createDirectory("archiving");
        Path script = ArchiveScript.writeArchiveScript(scripts);
        real.give(scripts);
        archive = real.createDirectory("archive");
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("archive_mode", "on");
        parameters.put("archive_command", ArchiveScript.archiveCommand(script, archive));
        Cluster source = real.createSource(SourceSettings.of(parameters));
        source.awaitReady(PATIENCE);
        try (Connection sql = source.connection().openSql("postgres");
                Connection other = source.connection().openSql("postgres")) {
            execute(sql, "CREATE TABLE t (a int)");
            backup = backup(source, "plain");
            // more subtransactions than a snapshot holds, so that a standby cannot know them all
            other.setAutoCommit(false);
            for (int i = 0; i < 70; i++) {
                execute(other, "SAVEPOINT s; INSERT INTO t VALUES (0)");
            }
            backupInALongTransaction = backup(source, "long");
            execute(sql, "INSERT INTO t VALUES (1)");
            execute(sql, "SELECT pg_create_restore_point('here')");
            beforeTheCommit = Lsn.parse(text(sql, "SELECT pg_current_wal_insert_lsn()::text"));
            xid = Integer.parseInt(text(sql, "INSERT INTO t VALUES (2) RETURNING xmin::text"));
            execute(sql, "SELECT pg_sleep(0.002)");
            time = Instant.EPOCH.plus(
                    Long.parseLong(text(sql, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text")),
                    ChronoUnit.MICROS);
            execute(sql, "SELECT pg_sleep(0.002)");
            execute(sql, "INSERT INTO t VALUES (3)");
            other.commit();
            execute(sql, "INSERT INTO t VALUES (4)");
            Path last = archive.resolve(text(sql, "SELECT pg_walfile_name(pg_switch_wal())"));
            Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(last));
        }
        source.close();
    }

    private static BaseBackup backup(Cluster source, String name) throws Exception {
        return BaseBackupTaker.take(
                source.connection(),
                BackupRequest.into(real.directory().resolve(name), name).build(),
                BackupProgress.SILENT);
    }

    @AfterAll
    static void removeIt() throws Exception {
        real.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private record Outcome(Claim claim, PausedAnswers paused, String rows) {}

    private static Outcome restore(Sandbox sandbox, BaseBackup from, RecoveryTarget target, String name)
            throws Exception {
        return restore(sandbox, from, archive, target, name);
    }

    private static Outcome restore(Sandbox sandbox, BaseBackup from, Path wal, RecoveryTarget target, String name)
            throws Exception {
        try (DirectoryArchive directory = DirectoryArchive.open(wal)) {
            PlanOutcome outcome = new RestorePlanner(from, directory, target, "the target").plan(TimelineId.FIRST);
            assertThat(outcome).isInstanceOf(PlanOutcome.Reachable.class);
            RestorePlan plan = ((PlanOutcome.Reachable) outcome).plan();
            try (Restore restore = Restore.start(sandbox, plan, name, PATIENCE)) {
                PausedAnswers paused = restore.awaitPause();
                PromotedAnswers promoted = restore.promote();
                Claim claim = TargetClaim.judge(
                                plan.prediction(),
                                plan.path(),
                                from.systemIdentifier(),
                                paused,
                                promoted,
                                JournalSummary.NONE)
                        .claim();
                try (Connection sql = restore.connect()) {
                    return new Outcome(
                            claim,
                            paused,
                            text(sql, "SELECT coalesce(string_agg(a::text, ' ' ORDER BY a), '') FROM t WHERE a > 0"));
                }
            }
        }
    }

    private static void assertProven(RecoveryTarget target, String name, String rows) throws Exception {
        Outcome outcome = restore(real, backup, target, name);
        assertThat(outcome.paused().paused()).isTrue();
        assertThat(outcome.paused().told().settings()).containsAllEntriesOf(target.parameter());
        assertThat(outcome.claim().verdict()).as(outcome.claim().toString()).isEqualTo(Verdict.PROVEN);
        assertThat(outcome.rows()).isEqualTo(rows);
    }

    @Test
    void everyKindOfTargetStopsWhereTheOracleSays() throws Exception {
        assertProven(new RecoveryTarget.Time(time, true), "time", "1 2");
        assertProven(new RecoveryTarget.Xid(xid, true), "xid", "1 2");
        assertProven(new RecoveryTarget.Xid(xid, false), "xid-exclusive", "1");
        assertProven(new RecoveryTarget.Name("here"), "name", "1");
        assertProven(new RecoveryTarget.AtLsn(beforeTheCommit, false), "lsn", "1");
    }

    @Test
    void aFlippedInclusiveIsFoundOut() throws Exception {
        FaultySandbox late =
                new FaultySandbox(real).before("late", (data, all) -> all.put("recovery_target_inclusive", "on"));
        assertRefuted(restore(late, backup, new RecoveryTarget.Xid(xid, false), "late"), "STOPPED_LATE");

        FaultySandbox early =
                new FaultySandbox(real).before("early", (data, all) -> all.put("recovery_target_inclusive", "off"));
        assertRefuted(restore(early, backup, new RecoveryTarget.Xid(xid, true), "early"), "STOPPED_EARLY");
    }

    private static void assertRefuted(Outcome outcome, String code) {
        assertThat(outcome.claim().verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(outcome.claim().code()).as(outcome.claim().toString()).isEqualTo(code);
    }

    /** As somebody writes it whose clock is that of the source, while the restored server's is another. */
    @Test
    void aTargetInAnotherTimeZoneIsFoundOut() throws Exception {
        String onTheWall =
                time.atZone(ZoneId.of("Asia/Kolkata")).toLocalDateTime().toString();
        FaultySandbox elsewhere = new FaultySandbox(real).before("zone", (data, all) -> {
            all.put("recovery_target_time", onTheWall);
            all.put("timezone", "Asia/Kathmandu");
        });
        Outcome outcome = restore(elsewhere, backup, new RecoveryTarget.Time(time, true), "zone");

        assertThat(outcome.paused().told().moment()).isEqualTo(time.minus(Duration.ofMinutes(15)));
        assertThat(outcome.claim().found())
                .startsWith("the server was told " + onTheWall + " in the time zone Asia/Kathmandu, which is ")
                .contains(", 900 s earlier than asked for; ");
        assertThat(outcome.claim().hint()).contains("+00', recovery_target_inclusive = on");
        assertRefuted(outcome, "STOPPED_EARLY");
    }

    /** The server says nothing and goes on to promote; it must neither be blamed nor believed too easily. */
    @Test
    void aServerThatCannotPauseIsAskedAfterItsPromotion() throws Exception {
        Outcome outcome = restore(real, backupInALongTransaction, new RecoveryTarget.Time(time, true), "unpaused");

        assertThat(outcome.paused().inRecovery()).as("it could not pause").isFalse();
        assertThat(outcome.claim().verdict()).as(outcome.claim().toString()).isEqualTo(Verdict.PROVEN);
        assertThat(outcome.rows()).isEqualTo("1 2");
    }

    @Test
    void aServerThatPromotedItselfElsewhereIsFoundOut() throws Exception {
        FaultySandbox late = new FaultySandbox(real).before("elsewhere", (data, all) -> {
            all.remove("recovery_target_time");
            all.put("recovery_target_xid", Integer.toUnsignedString(xid));
            all.put("recovery_target_inclusive", "off");
        });

        assertRefuted(
                restore(late, backupInALongTransaction, new RecoveryTarget.Time(time, true), "elsewhere"),
                "STOPPED_EARLY");
    }

    @Test
    void allTheWalThereIsEndsWithAPromotion() throws Exception {
        Outcome outcome = restore(real, backup, new RecoveryTarget.Latest(), "latest");

        assertThat(outcome.claim().verdict()).as(outcome.claim().toString()).isEqualTo(Verdict.PROVEN);
        assertThat(outcome.rows()).isEqualTo("1 2 3 4");
    }

    /** The server asks for whole plain files: they are laid out for it elsewhere. */
    @Test
    void aCompressedArchiveWithAPartialSegmentIsStaged(@TempDir Path compressed) throws Exception {
        List<String> suffixes = List.of(".gz", ".zst", ".lz4");
        List<Path> files;
        try (Stream<Path> all = Files.list(archive)) {
            files = all.filter(file -> SegmentName.isSegment(String.valueOf(file.getFileName())))
                    .sorted()
                    .toList();
        }
        for (int i = 0; i < files.size(); i++) {
            Path copy = Files.copy(
                    files.get(i), compressed.resolve(String.valueOf(files.get(i).getFileName())));
            if (i == files.size() - 1) {
                Files.move(copy, copy.resolveSibling(copy.getFileName() + ".partial"));
            } else {
                Compressed.replace(copy, suffixes.get(i % suffixes.size()));
            }
        }

        Outcome outcome = restore(real, backup, compressed, new RecoveryTarget.Latest(), "compressed");

        assertThat(outcome.claim().verdict()).as(outcome.claim().toString()).isEqualTo(Verdict.PROVEN);
        assertThat(outcome.rows()).isEqualTo("1 2 3 4");
        try (Stream<Path> all = Files.list(compressed)) {
            assertThat(all).as("nothing was added").hasSameSizeAs(files);
        }
    }
}
