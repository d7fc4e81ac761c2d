package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseBackupTest {

    private static LocalServer server;

    @BeforeAll
    static void startServer() throws IOException {
        server = LocalServer.start();
        server.sql("CREATE TABLE accounts AS SELECT g AS id, 100 AS balance FROM generate_series(1, 1000) g");
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private static BackupRequest.Builder request(String name) {
        return BackupRequest.into(server.newPath(name), name).sync(false);
    }

    private static BaseBackup take(BackupRequest.Builder request) throws IOException {
        return BaseBackupTaker.take(server.overSocket(), request.build(), BackupProgress.SILENT);
    }

    @Test
    void passesPgVerifybackupAndStartsFromItselfAlone() throws IOException {
        BaseBackup backup = take(BackupRequest.into(server.newPath("sound"), "it's \"nightly\""));

        assertThat(backup.isSound()).isTrue();
        assertThat(backup.warnings()).isEmpty();
        assertThat(backup.label().label()).isEqualTo("it's \"nightly\"");
        assertThat(backup.label().startLsn()).isEqualTo(backup.startLsn());
        assertThat(backup.stopLsn()).isGreaterThan(backup.startLsn());
        assertThat(server.verifyBackup(backup.directory())).contains("backup successfully verified");
        try (LocalServer restored = server.startOn(backup.directory())) {
            assertThat(restored.query("SELECT sum(balance) FROM accounts")).isEqualTo("100000");
        }
    }

    @Test
    void isOpenedAgainAsItWasTaken() throws IOException {
        BaseBackup taken = take(request("opened"));
        BaseBackup opened = BaseBackup.open(taken.directory());

        assertThat(opened.startLsn()).isEqualTo(taken.startLsn());
        assertThat(opened.stopLsn()).isEqualTo(taken.stopLsn());
        assertThat(opened.timeline()).isEqualTo(TimelineId.FIRST);
        assertThat(opened.manifest().files()).isEqualTo(taken.manifest().files());
        assertThat(opened.manifestSha256()).hasSize(64).isEqualTo(taken.manifestSha256());
        assertThat(Long.toUnsignedString(opened.systemIdentifier()))
                .isEqualTo(server.query("SELECT system_identifier FROM pg_control_system()"));
        ControlData control = ControlData.read(taken.directory());
        assertThat(control.redoLsn()).isEqualTo(taken.startLsn());
        assertThat(control.walSegmentSize()).isEqualTo(1 << 20);
        assertThat(control.dataChecksumVersion()).isEqualTo(1);
        assertThat(control.maxWalSenders()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "SHA224", "SHA256", "SHA384", "SHA512"})
    void agreesWithTheManifestInEachAlgorithm(String algorithm) throws IOException {
        BaseBackup backup = take(request("checksums-" + algorithm)
                .manifestChecksums(ChecksumAlgorithm.parse(algorithm))
                .manifest("force-encode"));

        assertThat(backup.damage()).isEmpty();
        assertThat(backup.manifest().files()).isNotEmpty().allSatisfy(file -> assertThat(file.algorithm())
                .isEqualTo(ChecksumAlgorithm.parse(algorithm)));
        assertThat(server.verifyBackup(backup.directory())).contains("backup successfully verified");
    }

    @ParameterizedTest
    @EnumSource(WalMethod.class)
    void bringsItsWalOrNot(WalMethod method) throws IOException {
        BaseBackup backup = take(request("wal-" + method).wal(method));

        String segment = server.query("SELECT pg_walfile_name('" + backup.startLsn() + "')");
        if (method == WalMethod.NONE) {
            assertThat(backup.directory().resolve("pg_wal").resolve(segment)).doesNotExist();
        } else {
            assertThat(backup.directory().resolve("pg_wal").resolve(segment)).hasSize(1 << 20);
            assertThat(server.verifyBackup(backup.directory())).contains("backup successfully verified");
        }
        assertThat(backup.isSound()).isTrue();
    }

    @Test
    void streamsOverTcpWithTls() throws IOException {
        ConnectionSettings encrypted = server.overTcp("require");
        BaseBackup backup = BaseBackupTaker.take(encrypted, request("tls").build(), BackupProgress.SILENT);

        assertThat(server.verifyBackup(backup.directory())).contains("backup successfully verified");
    }

    @Test
    void putsTablespacesWhereTheMappingSays() throws IOException {
        Path onServer = server.createDirectory("tablespace");
        Path mapped = server.newPath("tablespace-mapped");
        server.sql(
                "CREATE TABLESPACE elsewhere LOCATION '" + onServer + "'",
                "CREATE TABLE far_away TABLESPACE elsewhere AS SELECT g FROM generate_series(1, 777) g");
        try {
            BaseBackup backup = take(request("tablespaces").tablespaceMappings(Map.of(onServer, mapped)));

            assertThat(server.verifyBackup(backup.directory())).contains("backup successfully verified");
            String oid = server.query("SELECT oid FROM pg_tablespace WHERE spcname = 'elsewhere'");
            assertThat(backup.directory().resolve("pg_tblspc").resolve(oid))
                    .isSymbolicLink()
                    .satisfies(link -> assertThat(link.toRealPath()).isEqualTo(mapped.toRealPath()));
            assertThat(mapped).isNotEmptyDirectory();
        } finally {
            server.sql("DROP TABLE far_away", "DROP TABLESPACE elsewhere");
        }
    }

    @Test
    void holdsWhatWasCommittedWhileItRan() throws Exception {
        server.sql("CREATE TABLE written (i int)");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger committed = new AtomicInteger();
        AtomicInteger committedInTheMiddle = new AtomicInteger();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<?> writing = writer.submit(() -> write(stop, committed));
        BaseBackup backup;
        try {
            backup = BaseBackupTaker.take(
                    server.overSocket(), request("under-load").build(), new BackupProgress() {
                        @Override
                        public void received(long bytes) {
                            committedInTheMiddle.compareAndSet(0, committed.get());
                        }
                    });
        } finally {
            stop.set(true);
            writing.get();
            writer.shutdownNow();
        }

        assertThat(server.verifyBackup(backup.directory())).contains("backup successfully verified");
        try (LocalServer restored = server.startOn(backup.directory())) {
            int last = Integer.parseInt(restored.query("SELECT max(i) FROM written"));
            assertThat(last).isGreaterThanOrEqualTo(committedInTheMiddle.get());
            assertThat(restored.query("SELECT count(*) FROM written")).isEqualTo(Integer.toString(last));
        }
    }

    private static boolean write(AtomicBoolean stop, AtomicInteger committed) throws SQLException {
        try (Connection connection = server.overSocket().openSql();
                Statement statement = connection.createStatement()) {
            while (!stop.get()) {
                statement.execute("INSERT INTO written VALUES (" + (committed.get() + 1) + ")");
                committed.incrementAndGet();
            }
            return true;
        }
    }

    @Test
    void isTakenTwiceAtTheSameTime() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Callable<BaseBackup>> both =
                    List.of(() -> take(request("first-of-two")), () -> take(request("second-of-two")));
            for (Future<BaseBackup> each : threads.invokeAll(both)) {
                assertThat(server.verifyBackup(each.get().directory())).contains("backup successfully verified");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void leavesNoSlotBehind() throws IOException {
        take(request("slots"));

        assertThat(server.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }

    @Test
    void refusesToBeOpenedWhereThereIsNoBackup() throws IOException {
        Path empty = Files.createDirectory(server.newPath("no-backup"));

        assertThatThrownBy(() -> BaseBackup.open(empty))
                .isInstanceOf(IOException.class)
                .hasMessage("directory \"" + empty + "\" is no base backup: it has no backup_label");
    }
}
