package dev.pitrproof.restore;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.backup.ControlData;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.ToldTarget;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.pollinterval.FixedPollInterval;

/**
 * One copy of a backup that is replayed from position to position and asked at each: a standby that gets no more WAL than
 * leads to the next. It never leaves recovery, so it is never written to.
 *
 * <p>Closing it stops the server; the directories go with the sandbox.
 */
public final class StagedReplay implements AutoCloseable {

    /** How long a query waits for a lock of a transaction that has not ended at the position. */
    public static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration TO_OPEN = Duration.ofSeconds(20);
    private static final Duration TO_OPEN_AGAIN = Duration.ofMillis(500);
    private static final FixedPollInterval POLL = new FixedPollInterval(Duration.ofMillis(2));

    private final Cluster cluster;
    private final RestoreDirectories directories;
    private final StagedWal wal;
    private final Path requests;
    private final String superuser;
    private final Duration patience;
    private final Map<String, Double> phases = new LinkedHashMap<>();
    private Duration toOpen = TO_OPEN;

    private StagedReplay(
            Cluster cluster,
            RestoreDirectories directories,
            StagedWal wal,
            Path requests,
            String superuser,
            Duration patience) {
        this.cluster = cluster;
        this.directories = directories;
        this.wal = wal;
        this.requests = requests;
        this.superuser = superuser;
        this.patience = patience;
    }

    /**
     * Copies the backup and starts the standby, which may replay up to the first position.
     *
     * @param plan of a restore that ends where the last position is, or behind it
     * @param name fit for a directory; no other restore of the sandbox has it
     * @param superuser a role of the cluster that may do everything
     * @param patience how long a replay from one position to the next may take before it counts as stuck
     */
    public static StagedReplay start(
            Sandbox sandbox, RestorePlan plan, Prediction first, String name, String superuser, Duration patience)
            throws IOException {
        if (sandbox.copiesFiles()) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "a sweep hands a server its WAL bit by bit, and this sandbox's servers get copies of files",
                    "sweep with --sandbox=process, or on the machine of the container engine",
                    null);
        }
        long begun = System.nanoTime();
        RestoreDirectories directories =
                RestoreDirectories.toRecover(sandbox, plan.backup().directory(), name);
        try {
            Path home = directories.home();
            Path data = directories.data();
            Files.move(data.resolve("recovery.signal"), data.resolve("standby.signal"));
            directories.give();
            Path archive = directories.archive(plan);
            Path stage = Files.createDirectory(home.resolve("stage"));
            Path requests = Files.createFile(home.resolve("requests"));
            Path script = ArchiveScript.writeStageScript(home);
            String command = ArchiveScript.stageCommand(script, stage, archive, home.resolve("given"), requests);
            sandbox.give(home);
            StagedWal wal = new StagedWal(plan, stage, data.resolve("pg_wal"), requests);
            wal.release(first.endLsn());
            double copied = secondsSince(begun);
            begun = System.nanoTime();
            Cluster cluster = sandbox.start(
                    data,
                    RecoverySettings.ofStandby(
                            plan,
                            ControlData.read(data),
                            command,
                            sandbox.release().major(),
                            LOCK_TIMEOUT),
                    name,
                    new FileAccess(List.of(archive), directories.writable()));
            StagedReplay replay = new StagedReplay(cluster, directories, wal, requests, superuser, patience);
            replay.phases.put("copy", copied);
            replay.phases.put("start", secondsSince(begun));
            return replay;
        } catch (IOException | RuntimeException e) {
            directories.closeAfter(e);
            throw e;
        }
    }

    /**
     * Lets the server replay up to a position that is not before the last one, waits until it has nothing left to
     * replay, wherever that is, and asks.
     *
     * @return empty if it does not take connections there, for the list of running transactions is not complete
     */
    public Optional<PausedAnswers> advance(Prediction target) throws IOException, SQLException {
        long begun = System.nanoTime();
        wal.release(target.endLsn());
        awaitEndOfReplay();
        add("replay", begun);
        begun = System.nanoTime();
        try {
            if (!isOpen()) {
                return Optional.empty();
            }
            try (Connection connection = connect()) {
                return Optional.of(RestoredServer.over(connection).pausedAnswers(target, ToldTarget.NOTHING));
            }
        } finally {
            add("witnesses", begun);
        }
    }

    private void awaitEndOfReplay() throws SandboxException {
        try {
            Awaitility.await()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(patience)
                    .until(() -> !cluster.isRunning() || wal.isUsedUp());
        } catch (ConditionTimeoutException e) {
            throw new SandboxException(
                    SandboxException.Kind.TIMEOUT,
                    "the standby did not come to the end of its WAL within " + patience.toSeconds() + " s",
                    "look at " + cluster.logFile() + " (run again with --keep to have it)",
                    e);
        }
        if (!cluster.isRunning()) {
            throw new SandboxException(
                    SandboxException.Kind.SERVER_DIED,
                    "the swept server died: " + cluster.fatalLine().orElse("no FATAL line in its log"),
                    "run again with --keep and look at its log",
                    null);
        }
    }

    /** A standby opens once it knows all running transactions, and then for good. */
    private boolean isOpen() throws SandboxException {
        try {
            cluster.awaitReady(toOpen);
            return true;
        } catch (SandboxException e) {
            if (e.kind() != SandboxException.Kind.TIMEOUT) {
                throw e;
            }
            toOpen = TO_OPEN_AGAIN;
            return false;
        }
    }

    /** A connection for questions about the cluster as a whole, as {@link Restore#connect()}. */
    public Connection connect() throws SQLException {
        return Restore.connect(cluster, superuser);
    }

    /** A connection to one of the cluster's databases as its superuser. */
    public Connection connect(String database) throws SQLException {
        return Restore.connect(cluster, superuser, database);
    }

    /** What the server asked for, with the answer, size and generation, one request a line. */
    public Path requests() {
        return requests;
    }

    public Cluster cluster() {
        return cluster;
    }

    /** The time each phase took so far, in seconds, of all positions together. */
    public Map<String, Double> phases() {
        return Collections.unmodifiableMap(phases);
    }

    private void add(String phase, long begun) {
        phases.merge(phase, secondsSince(begun), Double::sum);
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    @Override
    public void close() throws IOException {
        try (cluster) {
            cluster.fetch(requests);
        } finally {
            directories.close();
        }
    }
}
