package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.sandbox.SourceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A backup of each major, each in another form: PostgreSQL accepts it, and starts on it. */
class BackupMatrixTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private record Row(
            int major, BackupFormat format, String compression, WalMethod wal, ChecksumAlgorithm checksums) {}

    static Stream<Row> rows() {
        boolean all = "true".equals(System.getenv("CI"));
        return Stream.of(
                        new Row(14, BackupFormat.TAR, "client-gzip:1", WalMethod.FETCH, ChecksumAlgorithm.SHA256),
                        new Row(
                                15,
                                BackupFormat.TAR,
                                "server-zstd:level=1,workers=2",
                                WalMethod.STREAM,
                                ChecksumAlgorithm.CRC32C),
                        new Row(16, BackupFormat.PLAIN, "server-gzip:9", WalMethod.STREAM, ChecksumAlgorithm.NONE),
                        new Row(17, BackupFormat.TAR, "client-lz4:9", WalMethod.STREAM, ChecksumAlgorithm.CRC32C),
                        new Row(
                                18,
                                BackupFormat.TAR,
                                "client-zstd:workers=2,long",
                                WalMethod.FETCH,
                                ChecksumAlgorithm.SHA512))
                .filter(row -> all || row.major() == 14 || row.major() == 15 || row.major() == 18);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void postgresAcceptsIt(Row row) throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(row.major(), null, message -> {}))) {
            Path onServer = sandbox.createDirectory("tablespace");
            Path backup = sandbox.directory().resolve("backup");
            Path elsewhere = sandbox.directory().resolve("elsewhere");
            Cluster source = sandbox.createSource(SourceSettings.of(Map.of()));
            try (source) {
                source.awaitReady(PATIENCE);
                execute(source, "CREATE TABLESPACE far LOCATION '" + onServer + "'");
                execute(source, "CREATE TABLE here AS SELECT g FROM generate_series(1, 777) g");
                execute(source, "CREATE TABLE there TABLESPACE far AS SELECT g FROM generate_series(1, 888) g");
                BaseBackup taken = BaseBackupTaker.take(
                        source.connection(),
                        BackupRequest.into(backup, "row of " + row.major())
                                .format(row.format())
                                .compression(BackupCompression.parse(row.compression()))
                                .wal(row.wal())
                                .manifestChecksums(row.checksums())
                                .tablespaceMappings(
                                        row.format() == BackupFormat.PLAIN ? Map.of(onServer, elsewhere) : Map.of())
                                .build(),
                        BackupProgress.SILENT);
                assertThat(taken.damage()).isEmpty();
                assertThat(taken.label().label()).isEqualTo("row of " + row.major());
            }

            assertThat(verify(row, backup).mismatches()).isEmpty();
            Path data = row.format() == BackupFormat.PLAIN ? backup : unpack(sandbox, backup, onServer);
            if (row.major() <= 16) {
                // that of PostgreSQL 15 reads these manifests; not WAL that is newer
                assertThat(peerSays(row, data)).isEmpty();
            }
            sandbox.give(data);
            if (Files.exists(elsewhere)) {
                sandbox.give(elsewhere);
            }
            try (Cluster restored = sandbox.start(data, Map.of(), "restored")) {
                restored.awaitReady(PATIENCE);
                assertThat(count(restored, "here")).isEqualTo(777);
                assertThat(count(restored, "there")).isEqualTo(888);
            }
        }
    }

    private static BackupFindings verify(Row row, Path backup) throws IOException {
        VerificationSettings settings = VerificationSettings.ofThreads(2);
        return row.format() == BackupFormat.TAR
                ? TarBackup.open(backup).verify(settings, null, VerificationProgress.SILENT)
                : BackupVerification.of(backup, settings).run(VerificationProgress.SILENT);
    }

    private static String peerSays(Row row, Path data) throws IOException {
        try (LocalServer peer = LocalServer.start()) {
            return row.major() == 15 ? peer.complaints(data) : peer.complaints(data, "-n");
        }
    }

    /** As the manual says: base.tar into the data directory, the others to where tablespace_map says, WAL into pg_wal. */
    private static Path unpack(Sandbox sandbox, Path backup, Path tablespace) throws IOException {
        Path data = sandbox.createDirectory("unpacked");
        UnpackedTar.into(data, UnpackedTar.find(backup, "base"));
        Files.copy(backup.resolve(BackupManifest.FILE_NAME), data.resolve(BackupManifest.FILE_NAME));
        String map = Files.readString(data.resolve(TablespaceMap.FILE_NAME));
        assertThat(map).endsWith(" " + tablespace + "\n");
        Files.move(tablespace, tablespace.resolveSibling("was-there"));
        Files.createDirectory(tablespace);
        String oid = map.substring(0, map.indexOf(' '));
        UnpackedTar.into(tablespace, UnpackedTar.find(backup, oid));
        // what the server does with tablespace_map; pg_verifybackup wants the link
        Files.createSymbolicLink(data.resolve("pg_tblspc").resolve(oid), tablespace);
        sandbox.give(tablespace);
        if (Stream.of("pg_wal.tar", "pg_wal.tar.gz").anyMatch(name -> Files.exists(backup.resolve(name)))) {
            assertThat(UnpackedTar.into(data.resolve("pg_wal"), UnpackedTar.find(backup, "pg_wal")))
                    .first()
                    .asString()
                    .matches("[0-9A-F]{24}");
        }
        return data;
    }

    @Test
    void takesWhatHasChangedSinceAnEarlierBackup() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(18, null, message -> {}))) {
            Path full = sandbox.directory().resolve("full");
            Path increment = sandbox.directory().resolve("increment");
            try (Cluster source = sandbox.createSource(SourceSettings.of(Map.of("summarize_wal", "on")))) {
                source.awaitReady(PATIENCE);
                execute(source, "CREATE TABLE t AS SELECT g FROM generate_series(1, 10000) g");
                BaseBackupTaker.take(
                        source.connection(), BackupRequest.into(full, "full").build(), BackupProgress.SILENT);
                execute(source, "INSERT INTO t VALUES (0)");
                BackupRequest request = BackupRequest.into(increment, "increment")
                        .incrementalTo(full.resolve(BackupManifest.FILE_NAME))
                        .build();
                BaseBackup taken = BaseBackupTaker.take(source.connection(), request, BackupProgress.SILENT);

                assertThat(taken.damage()).isEmpty();
                assertThat(Files.readString(increment.resolve("backup_label"))).contains("INCREMENTAL FROM LSN: ");
                assertThat(taken.manifest().files())
                        .anyMatch(file -> file.path().contains("/INCREMENTAL."));
            }
            sandbox.give(increment);
            try (Cluster restored = sandbox.start(increment, Map.of(), "increment")) {
                assertThatThrownBy(() -> restored.awaitReady(PATIENCE))
                        .isInstanceOf(SandboxException.class)
                        .hasMessageContaining("this is an incremental backup, not a data directory");
            }
        }
    }

    @Test
    void saysWhatAnOlderServerCannotDo() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(14, null, message -> {}));
                Cluster source = sandbox.createSource(SourceSettings.of(Map.of()))) {
            source.awaitReady(PATIENCE);
            Path target = sandbox.directory().resolve("target");
            List<BackupRequest> requests = List.of(
                    BackupRequest.into(target, "compressed")
                            .compression(BackupCompression.parse("server-gzip"))
                            .build(),
                    BackupRequest.into(target, "incremental")
                            .incrementalTo(source.dataDirectory().resolve("PG_VERSION"))
                            .build());
            List<String> messages =
                    List.of("it cannot compress a base backup, which came with 15", "incremental backups came with 17");
            for (int i = 0; i < requests.size(); i++) {
                BackupRequest request = requests.get(i);
                assertThatThrownBy(() -> BaseBackupTaker.take(source.connection(), request, BackupProgress.SILENT))
                        .hasMessageContaining("the server is PostgreSQL 14: ")
                        .hasMessageContaining(messages.get(i));
                assertThat(target).doesNotExist();
            }
        }
    }

    private static void execute(Cluster cluster, String sql) throws SQLException {
        try (Connection connection = cluster.connection().openSql();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(Cluster cluster, String table) throws SQLException {
        try (Connection connection = cluster.connection().openSql();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        }
    }
}
