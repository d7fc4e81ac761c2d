package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Sweep;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.restore.FaultySandbox;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.Expect;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One source's backups, swept as they are, and swept with a server that gets other WAL than it should. */
@SuppressWarnings("NullAway.Init") // set before all tests
class SweepDrillTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SWEEP = "sweep: every commit";
    private static final ClaimSpec EVEN = new ClaimSpec.Query("SELECT sum(a) FROM t", "0");
    private static final ClaimSpec KEPT = new ClaimSpec.Query("SELECT count(*) FROM kept", "0");

    private static Sandbox real;
    private static Path archive;
    private static BaseBackup backup;
    private static BaseBackup inALongTransaction;
    private static Lsn middle;
    private static Lsn behindTheLock;
    private static Lsn end;
    private static Lsn behindThousands;

    private record Outcome(List<Claim> claims, Sweep sweep, List<String> lines) {

        Claim claim(String name) {
            return claims.stream()
                    .filter(claim -> claim.claim().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + name + " in " + claims));
        }
    }

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
        parameters.put("max_prepared_transactions", "5");
        Cluster source = real.createSource(SourceSettings.of(parameters));
        source.awaitReady(PATIENCE);
        try (Connection sql = source.connection().openSql("postgres");
                Connection other = source.connection().openSql("postgres")) {
            execute(sql, "CREATE TABLE t (a int)", "CREATE TABLE kept (a int)");
            backup = backup(source, "plain");
            work(sql, 5);
            execute(sql, "SELECT pg_switch_wal()");
            work(sql, 5);
            middle = position(sql);
            execute(sql, "BEGIN; DROP TABLE kept; PREPARE TRANSACTION 'drop'");
            work(sql, 3);
            execute(sql, "ROLLBACK PREPARED 'drop'");
            work(sql, 2);
            behindTheLock = position(sql);
            // more subtransactions than a snapshot holds, so that a standby cannot know them all
            other.setAutoCommit(false);
            for (int i = 0; i < 70; i++) {
                execute(other, "SAVEPOINT s; INSERT INTO t VALUES (0)");
            }
            inALongTransaction = backup(source, "long");
            work(sql, 2);
            other.commit();
            execute(sql, "CHECKPOINT");
            work(sql, 3);
            end = position(sql);
            execute(sql, "DO 'BEGIN FOR i IN 1..1010 LOOP INSERT INTO t VALUES (0); COMMIT; END LOOP; END'");
            behindThousands = position(sql);
            work(sql, 1);
            Path last = archive.resolve(text(sql, "SELECT pg_walfile_name(pg_switch_wal())"));
            Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(last));
        }
        source.close();
    }

    private static BaseBackup backup(Cluster source, String name) throws IOException {
        return BaseBackupTaker.take(
                source.connection(),
                BackupRequest.into(real.directory().resolve(name), name).build(),
                BackupProgress.SILENT);
    }

    /** Each commit leaves the sum at zero. */
    private static void work(Connection sql, int commits) throws SQLException {
        for (int i = 0; i < commits; i++) {
            execute(sql, "INSERT INTO t VALUES (5), (-5)");
        }
    }

    private static Lsn position(Connection sql) throws SQLException {
        return Lsn.parse(text(sql, "SELECT pg_current_wal_insert_lsn()::text"));
    }

    @AfterAll
    static void removeIt() throws Exception {
        real.close();
    }

    private static void execute(Connection connection, String... sql) throws SQLException {
        for (String one : sql) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(one);
            }
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Outcome drill(Sandbox sandbox, String name, BaseBackup from, Lsn to, ClaimSpec... asked)
            throws IOException {
        RecoveryTarget target = new RecoveryTarget.AtLsn(to, false);
        List<ClaimSpec> claims = new ArrayList<>(List.of(new ClaimSpec.TargetReached()));
        claims.addAll(List.of(asked));
        SweepOrder order = new SweepOrder(new SweepChoice.EveryCommit(), 1);
        DrillFacts facts = new DrillFacts(
                new Assignment(name, name, null, List.of(), Expect.PROVEN, claims, order), target, "the target", null);
        List<Claim> found = new RestoreDrill(sandbox, name, facts, RestoreDrill.Access.DEFAULT, PATIENCE)
                .run(new RestoreDrill.Planning() {
                    @Override
                    public DirectoryArchive openArchive() throws IOException {
                        return DirectoryArchive.open(archive);
                    }

                    @Override
                    public RestoreDrill.Planned plan(WalArchive opened) throws IOException {
                        return new RestoreDrill.Planned(
                                from,
                                from.directory(),
                                new RestorePlanner(from, opened, target, "the target").plan(TimelineId.FIRST),
                                List.of());
                    }
                });
        Path lines = facts.attachments().get(SweepDrill.FILE);
        return new Outcome(
                found,
                facts.sweep().orElse(new Sweep("none", 0, 0, 0, List.of(), null, Map.of())),
                lines == null ? List.of() : Files.readAllLines(lines));
    }

    private static FaultySandbox struck(String name, FaultySandbox.Fault fault) {
        return new FaultySandbox(real).before(name + "-sweep", fault);
    }

    /** Runs another command when the server was given a file; {@code %p} is where it is. */
    private static void then(Map<String, String> settings, String command) {
        settings.computeIfPresent("restore_command", (key, before) -> before + " && { " + command + "; }");
    }

    @Test
    void everyCommitOfAHealthyHistoryIsProven() throws Exception {
        Outcome outcome = drill(real, "healthy", backup, end, EVEN);

        Claim claim = outcome.claim(SWEEP);
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.found())
                .isEqualTo(outcome.sweep().targets() + " of " + outcome.sweep().targets() + " agree");
        assertThat(outcome.sweep().targets()).isGreaterThan(20);
        assertThat(outcome.sweep().agreed()).isEqualTo(outcome.sweep().targets());
        assertThat(outcome.sweep().disagreements()).isEmpty();
        int others = outcome.sweep().targets() - 1;
        assertThat(outcome.lines()).hasSize(others + 1).allMatch(line -> line.contains("\"verdict\":\"PROVEN\""));
        assertThat(outcome.lines().subList(0, others))
                .as("at its own target the drill asks its own restore")
                .allMatch(line -> line.contains("\"claim\":\"query: SELECT sum(a) FROM t\""));
        Claim control = outcome.claim(SweepControl.NAME);
        assertThat(control.verdict()).as(control.toString()).isEqualTo(Verdict.PROVEN);
        assertThat(control.found())
                .contains("the drill's own restore: the same position")
                .contains(outcome.sweep().controlLsn() + ", a restore to it: the same position");
        assertThat(outcome.claims()).allMatch(one -> one.verdict() == Verdict.PROVEN);
    }

    @Test
    void wherePaddingBeginsTooEarlyEveryTargetBehindItIsRefuted() throws Exception {
        String name = "early";
        SegmentName segment = SegmentName.holding(TimelineId.FIRST, middle, 1 << 20);
        long offset = middle.minus(segment.start());
        Outcome outcome = drill(
                struck(
                        name,
                        (data, settings) -> then(
                                settings,
                                "test %f != " + segment + " || { truncate -s " + offset + " %p && truncate -s "
                                        + (1 << 20) + " %p; }")),
                name,
                backup,
                behindTheLock);

        assertThat(outcome.claim("target-reached").verdict()).isEqualTo(Verdict.PROVEN);
        Claim claim = outcome.claim(SWEEP);
        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.code()).isEqualTo("STOPPED_EARLY");
        assertThat(outcome.sweep().agreed()).isEqualTo(10);
        assertThat(outcome.sweep().disagreements())
                .hasSize(outcome.sweep().targets() - 10)
                .allSatisfy(one -> {
                    assertThat(one.code()).isEqualTo("STOPPED_EARLY");
                    assertThat(one.expected()).contains("replayed up to " + one.lsn());
                    assertThat(one.found()).contains("replayed up to " + middle);
                });
        assertThat(outcome.claim(SweepControl.NAME).verdict()).isEqualTo(Verdict.REFUTED);
    }

    @Test
    void aServerThatGetsMoreThanItShouldIsRefutedAtEveryTarget() throws Exception {
        String name = "late";
        Outcome outcome = drill(
                struck(name, (data, settings) -> then(settings, "cp " + archive + "/%f %p")),
                name,
                backup,
                behindTheLock);

        assertThat(outcome.claim(SWEEP).verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(outcome.claim(SWEEP).code()).isEqualTo("STOPPED_LATE");
        assertThat(outcome.sweep().agreed()).isZero();
    }

    /** It stands where it should: only the transactions' status tells. */
    @Test
    void aCommitThatTheServerTakesForAnAbortIsFoundByItsStatus() throws Exception {
        String name = "turned";
        EndedTransaction victim;
        try (DirectoryArchive opened = DirectoryArchive.open(archive)) {
            victim = new RestorePlanner(backup, opened, new RecoveryTarget.AtLsn(middle, false), "the middle")
                    .plan(TimelineId.FIRST).prediction().applied().stream()
                            .filter(EndedTransaction::committed)
                            .skip(7)
                            .findFirst()
                            .orElseThrow();
        }
        SegmentName segment = SegmentName.holding(TimelineId.FIRST, victim.lsn(), 1 << 20);
        long offset = victim.lsn().minus(segment.start());
        Outcome outcome = drill(
                struck(name, (data, settings) -> {
                    Path abort = real.createDirectory("turned-record").resolve("abort");
                    Files.write(abort, abortInsteadOf(victim, segment));
                    real.give(abort);
                    then(
                            settings,
                            "test %f != " + segment + " || dd if=" + abort + " of=%p bs=1 seek=" + offset
                                    + " conv=notrunc 2>/dev/null");
                }),
                name,
                backup,
                middle);

        Claim claim = outcome.claim(SWEEP);
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.REFUTED);
        assertThat(outcome.sweep().agreed()).isEqualTo(7);
        assertThat(outcome.sweep().disagreements()).hasSize(3).allSatisfy(one -> {
            assertThat(one.code()).isEqualTo("STOPPED_EARLY");
            assertThat(one.found()).contains("1 of them not committed, first xid " + victim.xid());
        });
        assertThat(outcome.lines().get(7)).contains("\"replayLsn\":\"" + victim.end() + "\"");
        assertThat(outcome.claim(SweepControl.NAME).found()).contains("transactions have another status");
    }

    /** The same record but for its kind, and so for its CRC; see xlogrecord.h and xact.h. */
    private static byte[] abortInsteadOf(EndedTransaction victim, SegmentName segment) throws IOException {
        int at = (int) victim.lsn().minus(segment.start());
        ByteBuffer wal = ByteBuffer.wrap(Files.readAllBytes(archive.resolve(segment.fileName())))
                .order(ByteOrder.nativeOrder());
        byte[] record = new byte[wal.getInt(at)];
        wal.get(at, record);
        assertThat(at / 8192).as("in one page").isEqualTo((at + record.length) / 8192);
        record[16] |= 0x20;
        CRC32C crc = new CRC32C();
        crc.update(record, 24, record.length - 24);
        crc.update(record, 0, 20);
        ByteBuffer.wrap(record).order(ByteOrder.nativeOrder()).putInt(20, (int) crc.getValue());
        return record;
    }

    @Test
    void whatATransactionInProgressLocksIsUnprovenAndSaysWhy() throws Exception {
        Outcome outcome = drill(real, "locked", backup, behindTheLock, KEPT);

        Claim claim = outcome.claim(SWEEP);
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("ENGINE_CANNOT_JUDGE");
        assertThat(outcome.sweep().disagreements())
                .as("behind the preparation, and behind three commits")
                .hasSize(4)
                .allSatisfy(one -> {
                    assertThat(one.claim()).isEqualTo("query: SELECT count(*) FROM kept");
                    assertThat(one.found())
                            .isEqualTo("not answered within 1 s: a transaction that has not ended there locks kept");
                });
        assertThat(outcome.claim("query: SELECT count(*) FROM kept").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(outcome.claim(SweepControl.NAME).verdict()).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void whereAStandbyTakesNoConnectionsNothingIsProven() throws Exception {
        Outcome outcome = drill(real, "closed", inALongTransaction, end);

        assertThat(outcome.claim(SWEEP).verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(outcome.claim(SWEEP).code()).isEqualTo("ENGINE_CANNOT_JUDGE");
        assertThat(outcome.claim(SWEEP).found()).contains("it takes no connections there");
        assertThat(outcome.sweep().swept()).isEqualTo(outcome.sweep().targets());
        assertThat(outcome.sweep().agreed()).as("behind the checkpoint").isEqualTo(3);
    }

    @Test
    void aServerThatDiesLeavesTheRestUnproven() throws Exception {
        String name = "dying";
        SegmentName second = SegmentName.holding(TimelineId.FIRST, middle, 1 << 20);
        Outcome outcome = drill(
                struck(name, (data, settings) -> then(settings, "test %f != " + second + " || exit 200")),
                name,
                backup,
                middle);

        Claim claim = outcome.claim(SWEEP);
        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("ENVIRONMENT");
        assertThat(claim.found()).startsWith("5 of 10 agree; it broke off behind 5: the swept server died: FATAL");
        assertThat(outcome.sweep().swept()).isEqualTo(5);
        assertThat(outcome.claim("archive-unchanged").verdict()).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void aHistoryWithTooManyCommitsIsNotSweptAtAll() throws Exception {
        FaultySandbox sandbox = new FaultySandbox(real);

        Outcome outcome = drill(sandbox, "many", backup, behindThousands);

        Claim claim = outcome.claim(SWEEP);
        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("NOTHING_TO_PROVE");
        assertThat(claim.expected()).isEqualTo("a history of at most 1,000 targets");
        assertThat(claim.found()).matches("1,0\\d\\d targets from the backup to where the restore ends");
        assertThat(claim.hint()).contains("sweep: { sample: 100 }").contains("--sweep=100");
        assertThat(outcome.claim("target-reached").verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(sandbox.directories()).isEmpty();
        assertThat(Stream.of("many", "many-data").map(real.directory()::resolve))
                .noneMatch(Files::exists);
    }
}
