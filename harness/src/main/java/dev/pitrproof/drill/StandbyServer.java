package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.ReplicationConnection;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A hot standby that streams from a source, in the same sandbox. Its settings are the source's own, so that it archives
 * into the same place once it is promoted.
 */
final class StandbyServer implements AutoCloseable {

    private static final String SLOT = "pitrproof_standby";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final Connection connection;
    private final Map<String, Path> tablespaces;
    private final FileAccess files;

    private StandbyServer(Cluster cluster, Connection connection, Map<String, Path> tablespaces, FileAccess files) {
        this.cluster = cluster;
        this.connection = connection;
        this.tablespaces = tablespaces;
        this.files = files;
    }

    /**
     * Makes a standby of a running source, and waits until it answers.
     *
     * @param parameters what the source was started with
     * @param files what the source has to reach
     * @param tablespaces where the source has its tablespaces, by name
     */
    static StandbyServer start(
            Sandbox sandbox,
            ConnectionSettings source,
            Map<String, String> parameters,
            FileAccess files,
            Map<String, Path> tablespaces)
            throws IOException, SQLException {
        if (sandbox.copiesFiles()) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "a standby cannot reach its source in containers of an engine on another machine",
                    "use an engine of this machine, or --sandbox=process",
                    null);
        }
        try (Connection primary = source.openSql();
                Statement statement = primary.createStatement()) {
            statement.execute("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
        }
        // below a directory of the sandbox: a backup goes where nobody else's directory is, and is given away
        // afterwards
        Path home = sandbox.createDirectory("standby");
        Path data = home.resolve("data");
        List<Path> directories = new ArrayList<>();
        Map<Path, Path> mappings = new LinkedHashMap<>();
        Map<String, Path> places = new LinkedHashMap<>();
        for (Map.Entry<String, Path> tablespace : tablespaces.entrySet()) {
            Path here = home.resolve("tablespace-" + tablespace.getKey());
            mappings.put(tablespace.getValue(), here);
            places.put(tablespace.getKey(), here);
            directories.add(here);
        }
        BaseBackupTaker.take(
                source,
                BackupRequest.into(data, "standby")
                        .wal(WalMethod.STREAM)
                        .tablespaceMappings(mappings)
                        .sync(false)
                        .build(),
                BackupProgress.SILENT);
        Files.createFile(data.resolve("standby.signal"));
        sandbox.give(data);
        for (Path directory : directories) {
            sandbox.give(directory);
        }
        Map<String, String> settings = new LinkedHashMap<>(parameters);
        settings.put("primary_conninfo", conninfo(source));
        settings.put("primary_slot_name", SLOT);
        directories.addAll(files.writable());
        FileAccess reached = new FileAccess(files.readable(), directories);
        Cluster cluster = sandbox.start(data, settings, "standby", reached);
        cluster.awaitReady(PATIENCE);
        return new StandbyServer(cluster, cluster.connection().openSql(), places, reached);
    }

    private static String conninfo(ConnectionSettings source) {
        return "host=" + quoted(source.host()) + " port=" + source.port() + " user=" + quoted(source.user())
                + (source.password() == null ? "" : " password=" + quoted(source.password()));
    }

    /** As libpq reads a value. */
    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** Streams from a source that has been started anew, elsewhere. */
    void follow(ConnectionSettings source) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "ALTER SYSTEM SET primary_conninfo = '" + conninfo(source).replace("'", "''") + "'");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    ConnectionSettings connection() {
        return cluster.connection();
    }

    /** Where it has its tablespaces, by name. */
    Map<String, Path> tablespaces() {
        return tablespaces;
    }

    /** What it has to reach. */
    FileAccess files() {
        return files;
    }

    Cluster cluster() {
        return cluster;
    }

    /**
     * Ends its recovery with all that it has received; returns when it takes writes.
     *
     * @return the history of the timeline that it writes to
     */
    TimelineHistory promote() throws IOException, SQLException {
        if (!SingleValue.of("SELECT pg_promote(true, " + PATIENCE.toSeconds() + ")", connection)
                .equals("t")) {
            throw new SandboxException(
                    SandboxException.Kind.TIMEOUT,
                    "the standby was not promoted within " + PATIENCE.toSeconds() + " s",
                    "run again with --keep and look at its log",
                    null);
        }
        try (ReplicationConnection replication = ReplicationConnection.open(cluster.connection())) {
            TimelineId timeline = replication.identifySystem().timeline();
            return replication.timelineHistory(timeline).history();
        }
    }

    Connection sql() {
        return connection;
    }

    /** Waits until it has replayed the source's WAL up to a position. */
    void awaitReplayed(Lsn position) throws IOException, SQLException {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> !cluster.isRunning() || replayed().compareTo(position) >= 0 || isPaused());
        } catch (ConditionTimeoutException e) {
            throw new SandboxException(
                    SandboxException.Kind.TIMEOUT,
                    "the standby did not replay up to " + position + " within " + PATIENCE.toSeconds() + " s",
                    "run again with --keep and look at its log",
                    e);
        }
        if (!cluster.isRunning()) {
            throw new SandboxException(
                    SandboxException.Kind.SERVER_DIED,
                    "the standby died: " + cluster.fatalLine().orElse("no FATAL line in its log"),
                    "run again with --keep and look at its log",
                    null);
        }
        if (replayed().compareTo(position) < 0) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "the standby has paused its recovery: " + whyPaused(),
                    "a standby has to allow what its primary allows, and keeps the settings that it began with: give them"
                            + " their values under parameters:, before it is made",
                    null);
        }
    }

    /** As it does of itself from PostgreSQL 14 on, when its primary allows more than it does (xlogrecovery.c). */
    private boolean isPaused() throws SQLException {
        return SingleValue.of("SELECT pg_is_wal_replay_paused()", connection).equals("t");
    }

    private String whyPaused() throws IOException {
        return Files.readString(cluster.logFile(), StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.contains("is a lower setting than on the primary server"))
                .reduce((first, second) -> second)
                .map(line -> line.replaceFirst("^.*DETAIL:\\s*", "").replaceFirst("\\.$", ""))
                .orElse("its log does not say why");
    }

    private Lsn replayed() throws SQLException {
        return Lsn.parse(SingleValue.of("SELECT pg_last_wal_replay_lsn()::text", connection));
    }

    /** Stops it at once. */
    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            // the server goes down with the connection in any case
            cluster.close();
            return;
        }
        cluster.close();
    }
}
