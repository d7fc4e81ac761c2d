package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.restore.TableDigest;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.ArchiveMethod;
import dev.pitrproof.scenario.Position;
import dev.pitrproof.scenario.Source;
import dev.pitrproof.scenario.StoryTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disposable cluster with a WAL archive, for drills that are written in Java: work on it, take backups, break it, and
 * restore to any target as often as you like.
 *
 * <p>Not for use by several threads, except through connections of their own.
 */
public final class SourceCluster implements AutoCloseable {

    /** How long one recovery may take before it counts as stuck. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Sandbox sandbox;
    private final SourceServer server;
    private final Path backups;
    private final List<RestoredCluster> restored = new ArrayList<>();
    private @Nullable BaseBackup newest;

    private SourceCluster(Sandbox sandbox, SourceServer server, Path backups) {
        this.sandbox = sandbox;
        this.server = server;
        this.backups = backups;
    }

    /**
     * Makes a cluster and starts it; its WAL is archived from the start.
     *
     * @param major the PostgreSQL major version
     * @param parameters server settings by name, beyond pitrproof's own
     * @throws IOException if this machine cannot do it
     */
    public static SourceCluster start(SandboxOpener sandboxes, int major, Map<String, String> parameters)
            throws IOException, SQLException {
        Sandbox sandbox = sandboxes.open(major);
        try {
            Path backups = sandbox.createDirectory("backups");
            SourceServer server = SourceServer.start(
                    sandbox, Source.of(ArchiveMethod.COMMAND, parameters, Position.of(sandbox.directory())));
            return new SourceCluster(sandbox, server, backups);
        } catch (IOException | SQLException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    /** A connection of the caller's own to the database {@code postgres}, as the superuser {@code postgres}. */
    public Connection connect() throws SQLException {
        return server.connect();
    }

    /** Runs one or more statements, each committed by itself unless the text says otherwise. */
    public void execute(String sql) throws SQLException {
        server.execute(sql);
    }

    /** What a table holds now, to compare a restored one with. */
    public TableDigest digest(String table) throws SQLException {
        return TableDigest.of(server.sql(), table);
    }

    /** Reads the server's clock and position: what this thread commits before lies before, what it commits later behind. */
    public QuietMoment quietMoment() throws SQLException {
        Barrier barrier = server.barrier(new StoryTime(0));
        return new QuietMoment(barrier.serverTime(), barrier.lsn(), barrier.nextXid());
    }

    /** Writes a restore point into the WAL, for {@link RecoveryTarget.Name}. */
    public void createRestorePoint(String name) throws SQLException {
        server.createRestorePoint(name);
    }

    /**
     * Takes a base backup through pitrproof's own replication client, checked while it streams.
     *
     * @param label of letters, digits, dots, dashes and underscores, and no other backup's of this cluster
     */
    public BaseBackup takeBaseBackup(String label) throws IOException {
        if (!label.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
            throw new IllegalArgumentException(
                    "backup label is \"" + label + "\": expected letters, digits, dots, dashes and underscores");
        }
        BaseBackup backup = BaseBackupTaker.take(
                server.connection(),
                BackupRequest.into(backups.resolve(label), label)
                        .fastCheckpoint(true)
                        .wal(WalMethod.STREAM)
                        .sync(false)
                        .build(),
                BackupProgress.SILENT);
        newest = backup;
        return backup;
    }

    /** Restores the newest backup to a moment. */
    public RestoredCluster restoreTo(QuietMoment moment) throws IOException, SQLException {
        return restoreTo(moment.target());
    }

    /** Restores the newest backup to a target. */
    public RestoredCluster restoreTo(RecoveryTarget target) throws IOException, SQLException {
        if (newest == null) {
            throw new IllegalStateException("there is no backup to restore: expected takeBaseBackup before restoreTo");
        }
        return restore(newest, target);
    }

    /**
     * Restores a backup to a target, in a cluster of its own that runs until this one is closed.
     *
     * <p>All WAL so far is archived first, with a transaction at its end, so that a target that has passed can be
     * reached.
     *
     * @return what came of it; also where the plan refused the restore, and there is no cluster to ask
     * @throws IOException if the restore broke off, which says nothing about the backup
     */
    public RestoredCluster restore(BaseBackup backup, RecoveryTarget target) throws IOException, SQLException {
        server.finishArchive();
        String name = "restore-" + (restored.size() + 1);
        try (DirectoryArchive archive = DirectoryArchive.open(copyOfArchive(name + "-archive"))) {
            PlanOutcome outcome = new RestorePlanner(backup, archive, target, RestoredCluster.inWords(target))
                    .plan(backup.timeline());
            RestoredCluster cluster = RestoredCluster.restore(sandbox, outcome, backup, target, name, PATIENCE);
            restored.add(cluster);
            return cluster;
        }
    }

    /** What is archived by now, in a place of its own: the source goes on archiving while restores run. */
    private Path copyOfArchive(String name) throws IOException {
        Path copy = sandbox.createDirectory(name);
        try (Stream<Path> files = Files.list(server.archive())) {
            for (Path file : files.toList()) {
                String fileName = String.valueOf(file.getFileName());
                if (!fileName.startsWith(".")) { // a file that is still being archived
                    Files.copy(file, copy.resolve(fileName));
                }
            }
        }
        sandbox.give(copy);
        return copy;
    }

    /** Removes this cluster, its backups and archive, and all that was restored from them. */
    @Override
    public void close() throws IOException {
        try {
            for (RestoredCluster cluster : restored) {
                cluster.close();
            }
            server.close();
        } finally {
            sandbox.close();
        }
    }
}
