package dev.pitrproof.drill;

import dev.pitrproof.fault.LostTablespace;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.restore.ClusterDatabases;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.scenario.BackupOptions;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.Source;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cluster that a story happens to: it archives every segment, and tells its clock, position and next xid. */
final class SourceServer implements ClusterDatabases, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SourceServer.class);

    private static final int READY_SECONDS = 60;

    private final Sandbox sandbox;
    private final Source source;
    private final Archiving archiving;
    private final int segmentSize;
    private FileAccess files;
    private Furnishing furnishing;
    private Cluster cluster;
    private Connection connection;
    private TimelineId timeline = TimelineId.FIRST;
    private @Nullable StandbyServer standby;
    private boolean keepsArchivingSettings;

    private SourceServer(
            Sandbox sandbox,
            Source source,
            Archiving archiving,
            FileAccess files,
            Furnishing furnishing,
            Cluster cluster,
            Connection connection) {
        this.sandbox = sandbox;
        this.source = source;
        this.segmentSize = source.segmentSizeMb() << 20;
        this.archiving = archiving;
        this.files = files;
        this.furnishing = furnishing;
        this.cluster = cluster;
        this.connection = connection;
    }

    /**
     * Makes the cluster and starts it, with its roles, tablespaces and standby; its WAL is archived from then on. The
     * setup is not run.
     */
    static SourceServer start(Sandbox sandbox, Source source) throws IOException, SQLException {
        Archiving archiving =
                switch (source.archive()) {
                    case COMMAND -> CommandArchiving.in(sandbox);
                    case RECEIVER -> ReceiverArchiving.in(sandbox);
                    case NONE -> NoArchiving.in(sandbox);
                };
        Map<String, String> parameters = SourceParameters.of(archiving, source);
        Furnishing furnishing = Furnishing.of(source, sandbox);
        List<Path> writable = new ArrayList<>(archiving.files().writable());
        writable.addAll(furnishing.tablespaces().values());
        FileAccess files = new FileAccess(archiving.files().readable(), writable);
        Cluster cluster = sandbox.createSource(new SourceSettings(parameters, source.segmentSizeMb(), true, files));
        cluster.awaitReady(Duration.ofSeconds(READY_SECONDS));
        SourceServer server = new SourceServer(
                sandbox,
                source,
                archiving,
                files,
                furnishing,
                cluster,
                cluster.connection().openSql("postgres"));
        try {
            archiving.begin(cluster);
            furnishing.create(server.connection);
            if (source.hasStandby()) {
                server.standby = StandbyServer.start(
                        sandbox, cluster.connection(), parameters, archiving.files(), furnishing.tablespaces());
            }
        } catch (IOException | SQLException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Ends the server, all its sessions with it, and starts it again; after a crash it recovers by itself. */
    void restart(StopMode mode) throws IOException, SQLException {
        Map<String, String> altered = AlteredSettings.of(connection);
        Map<String, String> parameters = SourceParameters.of(archiving, source);
        parameters.putAll(altered);
        archiving.beforeStop();
        if (mode == StopMode.KILL) {
            cluster.stop(mode);
        }
        closeConnection();
        cluster.stop(mode);
        cluster.close();
        cluster = sandbox.start(cluster.dataDirectory(), parameters, "source", files);
        cluster.awaitReady(Duration.ofSeconds(READY_SECONDS));
        connection = cluster.connection().openSql("postgres");
        // for the next restart, and for backups: what was altered stays so until somebody resets it
        AlteredSettings.set(altered, connection);
        keepSettings();
        archiving.afterStart(cluster);
        if (standby != null) {
            standby.follow(cluster.connection());
        }
    }

    /**
     * Shuts the server down for good, so that nobody can write to it any more, and lets its standby take its place, with all
     * that was written so far: an orderly shutdown ends only when the standby has it.
     *
     * @return the timeline that it writes to from now on, and where that begins
     */
    TimelineHistory promoteStandby() throws IOException, SQLException {
        StandbyServer successor = standby();
        successor.awaitReplayed(flushed());
        archiving.beforePromotion(successor.cluster(), connection);
        // of the segment that a server is shut down in, an archive may never get more than a part; and an empty one is
        // never completed
        execute("SELECT pg_create_restore_point('pitrproof: promotion')");
        execute("SELECT pg_switch_wal()");
        archiving.beforeStop();
        closeConnection();
        cluster.stop(StopMode.FAST);
        cluster.close();
        TimelineHistory history = successor.promote();
        standby = null;
        cluster = successor.cluster();
        connection = successor.sql();
        keepSettings();
        furnishing = furnishing.at(successor.tablespaces());
        files = successor.files();
        timeline = history.timeline();
        archiving.afterStart(cluster);
        return history;
    }

    private void closeConnection() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a server that was killed says no goodbye", e);
        }
    }

    /**
     * Has the data directory itself say how its WAL is archived, as it does at most sites: every base backup from now on
     * brings these settings along. A sandbox gives its servers settings from elsewhere.
     */
    void keepArchivingSettings() throws SQLException {
        keepsArchivingSettings = true;
        keepSettings();
    }

    private void keepSettings() throws SQLException {
        if (keepsArchivingSettings) {
            AlteredSettings.set(archiving.parameters(), connection);
        }
        if (keepsArchivingSettings && standby != null) {
            // whose backups bring its own settings along
            AlteredSettings.set(archiving.parameters(), standby.sql());
        }
    }

    /**
     * Removes what a tablespace holds, behind the server's back. Everything in it was written to disk before, so that the
     * recovery from a crash that follows has nothing to do there.
     */
    void loseTablespace(String name) throws IOException, SQLException {
        if (sandbox.copiesFiles()) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "tablespace \"" + name + "\" is to be lost, and this sandbox's servers get copies of files",
                    "run it with --sandbox=process, or on the machine of the container engine",
                    null);
        }
        execute("CHECKPOINT");
        new LostTablespace(Objects.requireNonNull(tablespaces().get(name))).strike();
    }

    /** From now on the disk that it archives to is full. */
    void fillArchive() throws IOException, SQLException {
        archiving.fillDisk(cluster, connection);
    }

    void pauseArchive() throws IOException, SQLException {
        archiving.pause(cluster, connection);
    }

    void resumeArchive() throws IOException, SQLException {
        archiving.resume(cluster, connection);
    }

    /** Runs a scenario's setup, and makes the tables that its workloads write to. */
    void setUp(Scenario scenario) throws StepFailed, SQLException {
        try {
            execute(scenario.source().setup());
        } catch (SQLException e) {
            throw new StepFailed(scenario.source().setupPosition(), "the setup", e);
        }
        Workload.prepare(connection, scenario.workKinds());
    }

    /** Its server as it runs now; another one after a restart. */
    Cluster cluster() {
        return cluster;
    }

    ConnectionSettings connection() {
        return cluster.connection();
    }

    /** Where, and as whom, a backup is taken. */
    ConnectionSettings connection(BackupOptions options) {
        ConnectionSettings server = options.fromStandby() ? standby().connection() : connection();
        String role = options.role();
        return role == null ? server : furnishing.as(role, server);
    }

    /** The standby that its scenario asks for. */
    StandbyServer standby() {
        return Objects.requireNonNull(standby, "the reader lets nobody ask for a standby that there is not");
    }

    /** Where its tablespaces are, by name. */
    Map<String, Path> tablespaces() {
        return furnishing.tablespaces();
    }

    /** Up to where its WAL can be streamed. */
    Lsn flushed() throws SQLException {
        return Lsn.parse(SingleValue.of("SELECT pg_current_wal_flush_lsn()::text", connection));
    }

    @Override
    public Connection connect() throws SQLException {
        return connect("postgres");
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
        return NamedTransaction.run(sql, moment, connection);
    }

    /** Reads the server's clock, with some quiet on both sides of the moment. */
    Barrier barrier(StoryTime storyTime) throws SQLException {
        return Barrier.at(storyTime, connection);
    }

    /** Where the next record is written. */
    Lsn position() throws SQLException {
        return Lsn.parse(SingleValue.of("SELECT pg_current_wal_insert_lsn()::text", connection));
    }

    /** The segment that holds a position, of the timeline that is being written. */
    SegmentName segment(Lsn position) {
        return SegmentName.holding(timeline, position, segmentSize);
    }

    /**
     * Commits a last transaction, so that there is one behind every target, and waits until all WAL so far is archived.
     */
    void finishArchive() throws SQLException, IOException {
        execute("SELECT pg_create_restore_point('pitrproof: end of story')");
        execute("SELECT pg_current_xact_id()");
        Lsn end = Lsn.parse(SingleValue.of("SELECT pg_switch_wal()::text", connection));
        archiving.finish(SegmentName.before(timeline, end, segmentSize), cluster);
    }

    /** Stops the server at once; what it archived is all that is needed of it. */
    @Override
    public void close() throws IOException {
        archiving.close();
        if (standby != null) {
            standby.close();
        }
        try {
            connection.close();
        } catch (SQLException e) {
            // the server goes down with the connection in any case
            cluster.stop(StopMode.IMMEDIATE);
        }
        cluster.close();
    }
}
