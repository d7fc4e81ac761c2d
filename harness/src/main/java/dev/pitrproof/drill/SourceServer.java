package dev.pitrproof.drill;

import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.restore.ClusterDatabases;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.scenario.ArchiveMethod;
import dev.pitrproof.scenario.Source;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster that a story happens to: it archives every segment, and tells its clock, position and next xid. */
final class SourceServer implements ClusterDatabases, AutoCloseable {

    /** The story's segments are small, so that even a short one fills several. */
    static final int SEGMENT_SIZE = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(SourceServer.class);

    private static final int READY_SECONDS = 60;

    private final Sandbox sandbox;
    private final Map<String, String> further;
    private final Archiving archiving;
    private Cluster cluster;
    private Connection connection;

    private SourceServer(
            Sandbox sandbox, Map<String, String> further, Archiving archiving, Cluster cluster, Connection connection) {
        this.sandbox = sandbox;
        this.further = further;
        this.archiving = archiving;
        this.cluster = cluster;
        this.connection = connection;
    }

    /** Makes the cluster and starts it, with settings of its own and {@code further} ones; its WAL is archived from then on. */
    static SourceServer start(Sandbox sandbox, ArchiveMethod archive, Map<String, String> further)
            throws IOException, SQLException {
        Archiving archiving =
                switch (archive) {
                    case COMMAND -> CommandArchiving.in(sandbox);
                    case RECEIVER -> ReceiverArchiving.in(sandbox);
                };
        Cluster cluster = sandbox.createSource(
                new SourceSettings(parameters(archiving, further), SEGMENT_SIZE >> 20, true, archiving.files()));
        cluster.awaitReady(Duration.ofSeconds(READY_SECONDS));
        SourceServer server = new SourceServer(
                sandbox, further, archiving, cluster, cluster.connection().openSql("postgres"));
        try {
            archiving.begin(cluster);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static Map<String, String> parameters(Archiving archiving, Map<String, String> further) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("wal_level", "replica");
        parameters.put("max_wal_senders", "10");
        parameters.putAll(archiving.parameters());
        parameters.putAll(further);
        return parameters;
    }

    /** Ends the server, all its sessions with it, and starts it again; after a crash it recovers by itself. */
    void restart(StopMode mode) throws IOException, SQLException {
        Map<String, String> altered = new LinkedHashMap<>(parameters(archiving, further));
        altered.putAll(alteredSettings());
        archiving.beforeStop();
        if (mode == StopMode.KILL) {
            cluster.stop(mode);
        }
        closeConnection();
        cluster.stop(mode);
        cluster.close();
        cluster = sandbox.start(cluster.dataDirectory(), altered, "source", archiving.files());
        cluster.awaitReady(Duration.ofSeconds(READY_SECONDS));
        connection = cluster.connection().openSql("postgres");
        archiving.afterStart(cluster);
    }

    private void closeConnection() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a server that was killed says no goodbye", e);
        }
    }

    /** What {@code ALTER SYSTEM} set: a sandbox starts no server with the settings that a data directory brings along. */
    private Map<String, String> alteredSettings() throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name, setting FROM pg_file_settings"
                        + " WHERE sourcefile LIKE '%/postgresql.auto.conf' AND name <> 'archive_command'"
                        + " ORDER BY seqno")) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }

    void pauseArchive() throws IOException, SQLException {
        archiving.pause(cluster, connection);
    }

    void resumeArchive() throws IOException, SQLException {
        archiving.resume(cluster, connection);
    }

    /** Runs a scenario's setup, and makes the ledger that its workloads write. */
    void setUp(Source source) throws StepFailed, SQLException {
        try {
            execute(source.setup());
        } catch (SQLException e) {
            throw new StepFailed(source.setupPosition(), "the setup", e);
        }
        Workload.prepare(connection);
    }

    ConnectionSettings connection() {
        return cluster.connection();
    }

    Connection openSql() throws SQLException {
        return cluster.connection().openSql("postgres");
    }

    @Override
    public Connection connect() throws SQLException {
        return openSql();
    }

    @Override
    public Connection connect(String database) throws SQLException {
        return cluster.connection().openSql(database);
    }

    Connection sql() {
        return connection;
    }

    Path archive() {
        return archiving.directory();
    }

    void createRestorePoint(String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_create_restore_point(?)")) {
            statement.setString(1, name);
            statement.execute();
        }
    }

    void execute(String sql) throws SQLException {
        if (sql.isBlank()) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs SQL in one transaction that writes something, and says which it was. */
    NamedTransaction executeNamed(String sql, Barrier moment) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            try (ResultSet row = statement.executeQuery(
                    "SELECT pg_current_xact_id_if_assigned()::text, pg_current_wal_insert_lsn()::text")) {
                row.next();
                String xid = row.getString(1);
                if (xid == null) {
                    throw new SQLException("its transaction has no xid, for it writes nothing before it ends: expected"
                            + " one, since it has a name by as:");
                }
                Lsn end = Lsn.parse(row.getString(2));
                connection.commit();
                return new NamedTransaction(moment, Long.parseUnsignedLong(xid), end);
            }
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Reads the server's clock, with some quiet on both sides of the moment. */
    Barrier barrier(StoryTime storyTime) throws SQLException {
        execute("SELECT pg_sleep(0.002)");
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
                                + " pg_current_wal_insert_lsn()::text,"
                                + " pg_snapshot_xmax(pg_current_snapshot())::text")) {
            row.next();
            Barrier barrier = new Barrier(
                    storyTime,
                    Instant.EPOCH.plus(row.getLong(1), ChronoUnit.MICROS),
                    Lsn.parse(row.getString(2)),
                    Long.parseUnsignedLong(row.getString(3)));
            execute("SELECT pg_sleep(0.002)");
            return barrier;
        }
    }

    /** Where the next record is written. */
    Lsn position() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_wal_insert_lsn()::text")) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }

    /** The segment that holds a position. */
    static SegmentName segment(Lsn position) {
        return SegmentName.holding(TimelineId.FIRST, position, SEGMENT_SIZE);
    }

    /**
     * Commits a last transaction, so that there is one behind every target, and waits until all WAL so far is archived.
     */
    void finishArchive() throws SQLException, IOException {
        execute("SELECT pg_create_restore_point('pitrproof: end of story')");
        execute("SELECT pg_current_xact_id()");
        Lsn end;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_switch_wal()::text")) {
            row.next();
            end = Lsn.parse(row.getString(1));
        }
        SegmentName last = SegmentName.before(TimelineId.FIRST, end, SEGMENT_SIZE);
        archiving.finish(last, cluster);
    }

    /** Stops the server at once; what it archived is all that is needed of it. */
    @Override
    public void close() throws IOException {
        archiving.close();
        try {
            connection.close();
        } catch (SQLException e) {
            // the server goes down with the connection in any case
            cluster.stop(StopMode.IMMEDIATE);
        }
        cluster.close();
    }
}
