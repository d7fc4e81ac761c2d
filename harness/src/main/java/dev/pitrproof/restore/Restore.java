package dev.pitrproof.restore;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.backup.ControlData;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.pollinterval.FixedPollInterval;
import org.jspecify.annotations.Nullable;

/**
 * One restore: a copy of the backup, recovered in a sandbox up to the target, asked for its witnesses while it is
 * paused there, then promoted.
 *
 * <p>Closing it stops the server, and empties a data directory that is an overlay; the directories go with the sandbox.
 */
public final class Restore implements ClusterDatabases, AutoCloseable {

    private static final String REQUESTS = "requests";
    private static final String NO_SUCH_DATABASE = "3D000";
    /** What a source sets for its roles or databases, and what would keep a hot standby, or a long check, from answering. */
    private static final String SESSION = "-c default_transaction_isolation=read\\ committed"
            + " -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
            + " -c idle_session_timeout=0";

    private static final Duration DYING = Duration.ofSeconds(2);
    private static final FixedPollInterval POLL = new FixedPollInterval(Duration.ofMillis(5));

    private final RestorePlan plan;
    private final Cluster cluster;
    private final RestoreDirectories directories;
    private final Map<String, String> settings;
    private final String superuser;
    private final Duration patience;
    private final Map<String, Double> phases = new LinkedHashMap<>();

    private Restore(
            RestorePlan plan,
            Cluster cluster,
            RestoreDirectories directories,
            Map<String, String> settings,
            String superuser,
            Duration patience) {
        this.plan = plan;
        this.cluster = cluster;
        this.directories = directories;
        this.settings = settings;
        this.superuser = superuser;
        this.patience = patience;
    }

    /** Copies the backup of a cluster whose superuser is {@code postgres}, and starts the recovery. */
    public static Restore start(Sandbox sandbox, RestorePlan plan, String name, Duration patience) throws IOException {
        return start(sandbox, plan, name, "postgres", patience);
    }

    /**
     * Copies the backup and starts the recovery.
     *
     * @param name fit for a directory; no other restore of the sandbox has it
     * @param superuser a role of the cluster that may do everything
     * @param patience how long recovery may take before it counts as stuck
     */
    public static Restore start(Sandbox sandbox, RestorePlan plan, String name, String superuser, Duration patience)
            throws IOException {
        return start(sandbox, plan, name, superuser, patience, Liberties.NONE);
    }

    /** The same with a server that may do harm. */
    public static Restore start(
            Sandbox sandbox, RestorePlan plan, String name, String superuser, Duration patience, Liberties liberties)
            throws IOException {
        long begun = System.nanoTime();
        RestoreDirectories directories =
                RestoreDirectories.toRecover(sandbox, plan.backup().directory(), name);
        try {
            ForkSegments.stage(plan, directories.data().resolve("pg_wal"));
            directories.give();
            Path archive = directories.archive(plan);
            double copied = secondsSince(begun);
            begun = System.nanoTime();
            Map<String, String> settings = settings(sandbox, plan, directories, archive);
            settings.putAll(liberties.settings());
            List<Path> writable = new ArrayList<>(directories.writable());
            writable.addAll(liberties.writable());
            FileAccess files = new FileAccess(List.of(archive), writable);
            Cluster cluster = sandbox.start(directories.data(), settings, name, files);
            Restore restore = new Restore(plan, cluster, directories, settings, superuser, patience);
            restore.phases.put("copy", copied);
            restore.phases.put("start", secondsSince(begun));
            return restore;
        } catch (IOException | RuntimeException e) {
            directories.closeAfter(e);
            throw e;
        }
    }

    /**
     * Starts a copy of a data directory that was restored elsewhere, and whose recovery is over. There is nothing to
     * await and nothing to promote then: both only ask.
     *
     * @param plan its backup is the data directory
     */
    public static Restore reopen(Sandbox sandbox, RestorePlan plan, String name, String superuser, Duration patience)
            throws IOException {
        RestoreDirectories directories =
                RestoreDirectories.toReopen(sandbox, plan.backup().directory(), name);
        try {
            directories.give();
            Map<String, String> settings = RecoverySettings.afterRecovery(
                    ControlData.read(directories.data()),
                    plan.prediction().limits(),
                    sandbox.release().major());
            FileAccess files = new FileAccess(List.of(), directories.writable());
            Cluster cluster = sandbox.start(directories.data(), settings, name, files);
            return new Restore(plan, cluster, directories, settings, superuser, patience);
        } catch (IOException | RuntimeException e) {
            directories.closeAfter(e);
            throw e;
        }
    }

    private static Map<String, String> settings(
            Sandbox sandbox, RestorePlan plan, RestoreDirectories directories, Path archive) throws IOException {
        Path home = directories.home();
        Path planned = Files.write(home.resolve("planned"), plan.files());
        Path requests = Files.createFile(home.resolve(REQUESTS));
        Path script = ArchiveScript.writeRestoreScript(home);
        sandbox.give(home);
        return RecoverySettings.of(
                plan,
                ControlData.read(directories.data()),
                ArchiveScript.restoreCommand(script, archive, planned, requests),
                sandbox.release().major());
    }

    /**
     * Waits until replay is paused at the target, and asks. A server that cannot pause there, because the snapshot of
     * its standby is not complete, promotes itself instead; then it is asked after its promotion.
     */
    public PausedAnswers awaitPause() throws SandboxException, SQLException {
        return awaitPause(position -> {});
    }

    /** @param replayed is told several times a second how far replay is, as far as the server takes connections */
    public PausedAnswers awaitPause(Consumer<Lsn> replayed) throws SandboxException, SQLException {
        return timed("replay", () -> {
            cluster.awaitReady(patience);
            try (Connection connection = connect()) {
                RestoredServer server = RestoredServer.over(connection);
                await("recovery did not pause at the target", () -> server.hasStopped(replayed));
                return timed("witnesses", () -> server.pausedAnswers(plan.prediction(), server.told()));
            }
        });
    }

    /** Ends recovery here, if it has not ended by itself, and asks again. */
    public PromotedAnswers promote() throws SandboxException, SQLException {
        return timed("promotion", () -> {
            try (Connection connection = connect()) {
                RestoredServer server = RestoredServer.over(connection);
                if (server.isInRecovery()) {
                    server.resume();
                    await("the cluster was not promoted", () -> !server.isInRecovery());
                }
                return server.promotedAnswers();
            }
        });
    }

    @Override
    public Connection connect() throws SQLException {
        return connect(cluster, superuser);
    }

    static Connection connect(Cluster cluster, String superuser) throws SQLException {
        try {
            return connect(cluster, superuser, "postgres");
        } catch (SQLException e) {
            if (!NO_SUCH_DATABASE.equals(e.getSQLState())) {
                throw e;
            }
            // nobody needs a database postgres, and some drop it
            return connect(cluster, superuser, "template1");
        }
    }

    @Override
    public Connection connect(String database) throws SQLException {
        return connect(cluster, superuser, database);
    }

    static Connection connect(Cluster cluster, String superuser, String database) throws SQLException {
        return cluster.connectionAs(superuser).withProperty("options", SESSION).openSql(database);
    }

    /**
     * Shuts the server down in an orderly way, which brings every page into its file.
     *
     * @return the data directory, to read
     */
    public Path shutDown() throws IOException, SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            // however long that takes; a server that is told to stop has less patience granted
            statement.execute("CHECKPOINT");
        }
        cluster.stop(StopMode.FAST);
        for (Path directory : directories.copy().directories()) {
            cluster.fetch(directory);
        }
        return cluster.dataDirectory();
    }

    /** What the server asked the archive for, with the answer and size, one request a line. */
    public Path requests() {
        return directories.home().resolve(REQUESTS);
    }

    public Cluster cluster() {
        return cluster;
    }

    /** How the backup's files came into the data directory. */
    public CopyMethod copyMethod() {
        return directories.copy().method();
    }

    /** What the server was told, besides what the sandbox tells every server. */
    public Map<String, String> settings() {
        return Collections.unmodifiableMap(settings);
    }

    /** The time each phase took so far, in seconds, in their order. */
    public Map<String, Double> phases() {
        return Collections.unmodifiableMap(phases);
    }

    private interface Work<T> {
        T run() throws SandboxException, SQLException;
    }

    private <T> T timed(String phase, Work<T> work) throws SandboxException, SQLException {
        phases.put(phase, 0.0); // its place is where it begins, before any phase inside it
        double before =
                phases.values().stream().mapToDouble(Double::doubleValue).sum();
        long begun = System.nanoTime();
        T result;
        try {
            result = work.run();
        } catch (SQLException e) {
            if (diedMeanwhile()) {
                throw died(e);
            }
            throw e;
        }
        double inside =
                phases.values().stream().mapToDouble(Double::doubleValue).sum() - before;
        phases.put(phase, secondsSince(begun) - inside);
        return result;
    }

    private void await(String failure, Callable<Boolean> condition) throws SandboxException {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(patience)
                    .until(() -> !cluster.isRunning() || condition.call());
        } catch (ConditionTimeoutException e) {
            throw new SandboxException(
                    SandboxException.Kind.TIMEOUT,
                    failure + " within " + patience.toSeconds() + " s",
                    "look at " + cluster.logFile() + " (run again with --keep to have it)",
                    e);
        }
        if (!cluster.isRunning()) {
            throw died(null);
        }
    }

    /** A dying server closes its connections first, and is gone a little later. */
    private boolean diedMeanwhile() {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(DYING)
                    .until(() -> !cluster.isRunning());
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private SandboxException died(@Nullable SQLException cause) {
        return new SandboxException(
                SandboxException.Kind.SERVER_DIED,
                "the restored server died: " + cluster.fatalLine().orElse("no FATAL line in its log"),
                "run again with --keep and look at its log",
                cause);
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    @Override
    public void close() throws IOException {
        try (cluster) {
            cluster.fetch(requests());
        } finally {
            directories.close();
        }
    }
}
