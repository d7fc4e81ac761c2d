package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A server of one major with a WAL archive, on which one of PostgreSQL's own recovery tests is played. */
final class RecoverySource implements AutoCloseable {

    static final int SEGMENT_SIZE = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final ProcessSandbox sandbox;
    private final Path archive;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private Cluster cluster;

    private RecoverySource(ProcessSandbox sandbox, Path archive, Map<String, String> parameters, Cluster cluster) {
        this.sandbox = sandbox;
        this.archive = archive;
        this.parameters.putAll(parameters);
        this.cluster = cluster;
    }

    /** The newest major; all of them where CI=true. */
    static IntStream majors() {
        return "true".equals(System.getenv("CI")) ? IntStream.rangeClosed(14, 18) : IntStream.of(18);
    }

    /** Segments of 1 MB, and parameters beyond those that archive. */
    static RecoverySource start(int major, Map<String, String> parameters) throws IOException {
        ProcessSandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}));
        try {
            Path scripts = sandbox.createDirectory("scripts");
            Path script = ArchiveScript.writeArchiveScript(scripts);
            sandbox.give(scripts);
            Path archive = sandbox.createDirectory("archive");
            Map<String, String> all = new LinkedHashMap<>();
            all.put("archive_mode", "on");
            all.put("archive_command", ArchiveScript.archiveCommand(script, archive));
            all.put("autovacuum", "off");
            all.put("fsync", "off");
            all.put("max_prepared_transactions", "5");
            all.put("track_commit_timestamp", "on");
            all.putAll(parameters);
            Cluster cluster = sandbox.createSource(SourceSettings.of(all));
            cluster.awaitReady(PATIENCE);
            return new RecoverySource(sandbox, archive, all, cluster);
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    int major() {
        return sandbox.release().major();
    }

    Path archive() {
        return archive;
    }

    Path dataDirectory() {
        return cluster.dataDirectory();
    }

    /** A path that does not exist yet, which goes with this source. */
    Path newPath(String name) {
        return sandbox.directory().resolve(name);
    }

    /** Everything of it. */
    Path copy(Path directory, String name) throws IOException {
        return StockBackups.copy(directory, newPath(name));
    }

    Connection connect() throws SQLException {
        return cluster.connection()
                .withProperty("options", "-c statement_timeout=0")
                .openSql();
    }

    /** Runs statements, each in its own transaction. */
    void sql(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    String query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return String.valueOf(row.getString(1));
        }
    }

    /** Shuts the server down, and gives its xids another epoch. */
    void setEpoch(int epoch) throws IOException {
        stop(StopMode.FAST);
        while (!XidEpoch.canBeSet(dataDirectory())) {
            startAgain(Map.of());
            stop(StopMode.FAST);
        }
        XidEpoch.set(dataDirectory(), major(), SEGMENT_SIZE, epoch);
        startAgain(Map.of());
    }

    void stop(StopMode mode) throws IOException {
        cluster.stop(mode);
    }

    /** Starts the server on what its last one left, with parameters that are to stay. */
    void startAgain(Map<String, String> more) throws IOException {
        parameters.putAll(more);
        cluster = sandbox.start(cluster.dataDirectory(), parameters, "source");
        cluster.awaitReady(PATIENCE);
    }

    Path backUp(String name) throws IOException {
        return backUp(name, WalMethod.NONE, () -> {});
    }

    /** Takes what has changed since an earlier backup; its WAL is archived. */
    Path backUpIncrementally(String name, Path earlier) throws IOException {
        BackupRequest request = BackupRequest.into(newPath(name), name)
                .fastCheckpoint(true)
                .sync(false)
                .wal(WalMethod.NONE)
                .incrementalTo(earlier.resolve(BackupManifest.FILE_NAME))
                .build();
        BaseBackupTaker.take(cluster.connection(), request, BackupProgress.SILENT);
        return request.directory();
    }

    interface Work {
        void run() throws SQLException;
    }

    /** Takes a backup, and does something while it runs. */
    Path backUp(String name, WalMethod wal, Work meanwhile) throws IOException {
        BackupRequest request =
                BackupRequest.into(newPath(name), name).sync(false).wal(wal).build();
        BaseBackupTaker.take(cluster.connection(), request, new BackupProgress() {
            @Override
            public void started(Lsn start, dev.pitrproof.wal.TimelineId timeline) {
                try {
                    meanwhile.run();
                } catch (SQLException e) {
                    throw new AssertionError("during the backup", e);
                }
            }
        });
        return request.directory();
    }

    /** Ends the segment, and waits until it is archived. */
    void archiveAll() throws SQLException {
        sql("SELECT pg_create_restore_point('a segment that has nothing in it is not switched')");
        Path last = archive.resolve(query("SELECT pg_walfile_name(pg_switch_wal())"));
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(last));
    }

    /** A server that recovers a backup by itself, as a user would let it, and takes this source's place. */
    void continueOn(Path backup, Map<String, String> recovery) throws IOException {
        cluster.stop(StopMode.IMMEDIATE);
        Path data = sandbox.createDirectory("continued-" + backup.getFileName());
        try (Stream<Path> all = Files.walk(backup)) {
            for (Path file : all.filter(each -> !each.equals(backup)).toList()) {
                Files.copy(file, data.resolve(backup.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.createFile(data.resolve("recovery.signal"));
        sandbox.give(data);
        Map<String, String> settings = new LinkedHashMap<>(parameters);
        settings.put("restore_command", "cp \"" + archive + "/%f\" \"%p\"");
        settings.put("recovery_target_action", "promote");
        settings.putAll(recovery);
        cluster = sandbox.start(data, settings, "continued");
        cluster.awaitReady(PATIENCE);
        Awaitility.await().atMost(PATIENCE).until(() -> "f".equals(query("SELECT pg_is_in_recovery()")));
    }

    /** Lets a second server run on a data directory for a moment, on the WAL that lies there. */
    void runOn(Path data, StopMode end) throws IOException {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        sandbox.give(data);
        try (Cluster second = sandbox.start(data, Map.of(), "second")) {
            second.awaitReady(PATIENCE);
            second.stop(end);
        }
    }

    @Override
    public void close() throws IOException {
        sandbox.close();
    }
}
