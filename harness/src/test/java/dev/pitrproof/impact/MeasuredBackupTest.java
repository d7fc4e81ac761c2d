package dev.pitrproof.impact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.replication.ReplicationConnection;
import dev.pitrproof.replication.WalReceiver;
import dev.pitrproof.replication.WalReceiverRequest;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What a backup does to a server that archives, or cannot, while others write and receive. */
class MeasuredBackupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private static LocalServer server;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path target;

    @BeforeAll
    static void startServer() throws IOException {
        server = LocalServer.start();
        server.sql(
                "ALTER SYSTEM SET archive_mode = on",
                "ALTER SYSTEM SET archive_command = 'true'",
                "CREATE ROLE backup LOGIN REPLICATION",
                "CREATE TABLE t (line text)");
        server.stop("fast");
        server.startAgain();
    }

    @BeforeEach
    void nameTarget(TestInfo test) {
        target = server.newPath(test.getTestMethod().orElseThrow().getName());
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private Impact.OfBackup impact(ConnectionSettings settings, BackupProgress progress) throws IOException {
        return MeasuredBackup.take(settings, request().build(), progress).impact();
    }

    private Impact.OfBackup impact(ConnectionSettings settings) throws IOException {
        return impact(settings, BackupProgress.SILENT);
    }

    private BackupRequest.Builder request() {
        return BackupRequest.into(target, "measured").fastCheckpoint(true).sync(false);
    }

    private static ConnectionSettings asBackup() {
        return ConnectionSettings.of(server.socketDirectory(), server.port(), "backup", "backup");
    }

    private static void archiveCommand(String command) {
        String loaded = server.query("SELECT pg_conf_load_time()");
        server.sql("ALTER SYSTEM SET archive_command = '" + command + "'", "SELECT pg_reload_conf()");
        Awaitility.await().atMost(PATIENCE).until(() -> !server.query("SELECT pg_conf_load_time()")
                .equals(loaded));
    }

    private static void awaitArchived() {
        server.sql("INSERT INTO t VALUES ('one')", "SELECT pg_switch_wal()");
        Awaitility.await().atMost(PATIENCE).until(() -> server.query(
                        "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name ~ 'ready$'")
                .equals("0"));
        Awaitility.await().atMost(PATIENCE).until(() -> !server.query("SELECT last_archived_wal FROM pg_stat_archiver")
                .equals("null"));
    }

    @Test
    void tellsWhatOthersWroteMeanwhile() throws IOException {
        awaitArchived();
        long[] written = new long[1];
        Impact.OfBackup impact = impact(server.overSocket(), new BackupProgress() {
            @Override
            public void started(Lsn start, TimelineId timeline) {
                Lsn before = Lsn.parse(server.query("SELECT pg_current_wal_lsn()"));
                server.sql("INSERT INTO t SELECT repeat('x', 100) FROM generate_series(1, 20000)");
                written[0] =
                        Lsn.parse(server.query("SELECT pg_current_wal_lsn()")).minus(before);
            }
        });

        assertThat(written[0]).isGreaterThan(2_000_000);
        assertThat(impact.walBytes()).isBetween(written[0], written[0] + 16_000_000);
        assertThat(impact.bytes()).isGreaterThan(20_000_000);
        assertThat(impact.seconds()).isPositive();
        assertThat(impact.bytesPerSecond()).isPositive();
        assertThat(impact.checkpointWaitSeconds()).isPositive();
        assertThat(impact.archiverBacklogSegments()).isNotNull();
        assertThat(impact.archiverOldestSeconds()).isNotNull();
        assertThat(impact.archiverFailing()).isFalse();
        assertThat(impact.walSenders()).isZero();
        assertThat(impact.maxRate()).isNull();
        assertThat(impact.samples()).isPositive();
        assertThat(impact.notMeasured())
                .containsOnlyKeys("replicationLagBytes")
                .containsValue("no other standby was connected");
    }

    @Test
    void seesAnArchiverThatIsStuck() throws IOException {
        archiveCommand("false");
        try {
            for (int i = 0; i < 3; i++) {
                server.sql("INSERT INTO t VALUES ('one')", "SELECT pg_switch_wal()");
            }
            Awaitility.await().atMost(PATIENCE).until(() -> server.query(
                            "SELECT coalesce(last_failed_time > coalesce(last_archived_time,"
                                    + " '-infinity'), false) FROM pg_stat_archiver")
                    .equals("t"));
            Impact.OfBackup impact = impact(server.overSocket());

            assertThat(impact.archiverBacklogSegments()).isGreaterThanOrEqualTo(3);
            assertThat(impact.archiverOldestSeconds()).isPositive();
            assertThat(impact.archiverFailing()).isTrue();
        } finally {
            archiveCommand("true");
            awaitArchived();
        }
    }

    @Test
    void saysWhatARoleThatMayOnlyReplicateCannotSee(@TempDir Path directory) throws IOException {
        awaitArchived();
        try (ReplicationConnection connection = ReplicationConnection.open(server.overSocket())) {
            Lsn from = connection.identifySystem().flushLsn();
            Lsn start = new Lsn(from.value() & -(1 << 20));
            try (WalReceiver receiver = WalReceiver.start(
                    connection, new WalReceiverRequest(directory, start, TimelineId.FIRST, null, true, false, false))) {
                Awaitility.await().atMost(PATIENCE).until(() -> server.query(
                                "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                                        + " AND pg_wal_lsn_diff(pg_current_wal_lsn(), sent_lsn) = 0")
                        .equals("1"));
                Impact.OfBackup seen = impact(server.overSocket());
                assertThat(seen.walSenders()).isEqualTo(1);
                assertThat(seen.replicationLagBytes()).isNotNull();
                assertThat(seen.notMeasured()).isEmpty();

                target = target.resolveSibling("as-backup");
                Impact.OfBackup less = impact(asBackup());
                assertThat(less.walSenders()).isEqualTo(1);
                assertThat(less.archiverBacklogSegments()).isNotNull();
                assertThat(less.archiverFailing()).isFalse();
                assertThat(less.replicationLagBytes()).isNull();
                assertThat(less.archiverOldestSeconds()).isNull();
                assertThat(less.notMeasured())
                        .containsEntry(
                                "replicationLagBytes",
                                "how far standbys are may be seen by members of pg_monitor alone")
                        .containsEntry(
                                "archiverOldestSeconds",
                                "what waits to be archived may be seen by members of pg_monitor alone");
                assertThat(receiver.failure()).isEmpty();
            }
        }
    }

    @Test
    void takesTheBackupWhereThereIsNoConnectionForSql() throws IOException {
        Path file = server.dataDirectory().resolve("pg_hba.conf");
        String before = Files.readString(file);
        try {
            Files.writeString(file, "local all postgres trust\nlocal replication backup trust\n");
            archiveCommand("true");
            Impact.OfBackup impact = impact(asBackup());

            assertThat(impact.bytes()).isGreaterThan(20_000_000);
            assertThat(impact.walBytes()).isNotNull();
            assertThat(impact.samples()).isZero();
            assertThat(impact.walSenders()).isNull();
            assertThat(impact.archiverBacklogSegments()).isNull();
            assertThat(impact.notMeasured())
                    .containsKeys("archiverBacklogSegments", "archiverFailing", "replicationLagBytes", "walSenders")
                    .extractingByKey("walSenders")
                    .asString()
                    .startsWith("the source could not be asked over a connection for SQL: FATAL: no pg_hba.conf entry");
        } finally {
            Files.writeString(file, before);
            archiveCommand("true");
        }
    }

    /** The server waits until so much may be sent; a slow machine only makes it slower. */
    @Test
    void measuresWhetherTheRateWasHeld() throws IOException {
        int asked = 20_480;
        Impact.OfBackup impact = MeasuredBackup.take(
                        server.overSocket(),
                        request().maxRateKilobytes(OptionalInt.of(asked)).build(),
                        BackupProgress.SILENT)
                .impact();

        assertThat(impact.maxRate()).isNotNull();
        assertThat(impact.maxRate().asked()).isEqualTo(asked);
        assertThat(impact.maxRate().measured()).isPositive().isLessThan(asked * 1.3);
        assertThat(impact.bytesPerSecond()).isEqualTo(impact.bytes() / impact.seconds());
    }
}
