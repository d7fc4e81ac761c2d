package dev.pitrproof.agreement;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.FaultySandbox;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;

/** Makes a {@link History} on one PostgreSQL: a source with three backups and a crash, and a second timeline
 * off its archive. */
final class HistoryWriter {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The transaction that was prepared before the fork; one timeline commits it, the other rolls it back. */
    private static final String ACROSS_THE_FORK = "cross";

    private final Sandbox sandbox;
    private final Random random;
    private final int steps;
    private final List<BaseBackup> backups = new ArrayList<>();
    private final Map<String, String> archiving = new LinkedHashMap<>();
    private final Path archive;
    private final List<Integer> temporaryXids = new ArrayList<>();
    private long firstXid;

    /** @param steps about how many transactions a third of the history has */
    HistoryWriter(Sandbox sandbox, Random random, int steps) throws Exception {
        this.sandbox = sandbox;
        this.random = random;
        this.steps = steps;
        Path scripts = sandbox.createDirectory("archiving");
        Path script = ArchiveScript.writeArchiveScript(scripts);
        sandbox.give(scripts);
        archive = sandbox.createDirectory("archive");
        archiving.put("archive_mode", "on");
        archiving.put("archive_command", ArchiveScript.archiveCommand(script, archive));
    }

    History write() throws Exception {
        Map<String, String> parameters = new LinkedHashMap<>(archiving);
        parameters.put("max_prepared_transactions", "30");
        Path data;
        try (Cluster source = sandbox.createSource(SourceSettings.of(parameters))) {
            data = source.dataDirectory();
            source.awaitReady(PATIENCE);
            try (Scribe scribe = new Scribe(source.connection(), random, "a")) {
                writeBeforeTheCrash(source, scribe);
            }
        } // which stops it at once: the next start is a crash recovery
        // more than the first backup's server had, which the WAL tells from here on
        parameters.put("max_connections", "150");
        parameters.put("max_prepared_transactions", "40");
        RecoveryTarget fork;
        try (Cluster source = sandbox.start(data, parameters, "source")) {
            source.awaitReady(PATIENCE);
            try (Scribe scribe = new Scribe(source.connection(), random, "c")) {
                fork = writeAfterTheCrash(source, scribe);
            }
        }
        writeSecond(fork);
        return new History(archive, backups, firstXid, temporaryXids);
    }

    private void writeBeforeTheCrash(Cluster source, Scribe scribe) throws Exception {
        scribe.run("CREATE TABLE t (a int)");
        firstXid = Long.parseLong(scribe.text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"));
        scribe.write(5);
        backups.add(scribe.whileBusy(() -> backup(source, "first", WalMethod.STREAM)));
        scribe.write(steps / 2);
        temporaryXids.addAll(scribe.temporaryXids());
    }

    private RecoveryTarget writeAfterTheCrash(Cluster source, Scribe scribe) throws Exception {
        backups.add(scribe.whileBusy(() -> backup(source, "second", WalMethod.STREAM)));
        scribe.burst(3, steps * 6);
        archiveAll(scribe);
        backups.add(backupOfStandby());
        scribe.prepare(ACROSS_THE_FORK);
        scribe.write(steps / 2);
        scribe.temporary(false);
        String xid = scribe.text("INSERT INTO t VALUES (9) RETURNING xmin::text");
        scribe.write(steps / 2);
        scribe.run("COMMIT PREPARED '" + ACROSS_THE_FORK + "'");
        scribe.burst(3, steps * 3);
        scribe.write(steps / 2);
        scribe.temporary(false);
        scribe.run("INSERT INTO t VALUES (10)");
        archiveAll(scribe);
        temporaryXids.addAll(scribe.temporaryXids());
        return new RecoveryTarget.Xid(Integer.parseUnsignedInt(xid), true);
    }

    private BaseBackup backup(Cluster cluster, String name, WalMethod wal) throws Exception {
        return BaseBackupTaker.take(
                cluster.connection(),
                BackupRequest.into(sandbox.directory().resolve(name), name)
                        .sync(false)
                        .wal(wal)
                        .build(),
                BackupProgress.SILENT);
    }

    private void archiveAll(Scribe scribe) throws Exception {
        Path last = archive.resolve(scribe.text("SELECT pg_walfile_name(pg_switch_wal())"));
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(last));
    }

    /** Its backup is consistent from a position on, without a record that says so. */
    private BaseBackup backupOfStandby() throws Exception {
        FaultySandbox standby = new FaultySandbox(sandbox).before("standby", (data, settings) -> {
            Files.delete(data.resolve("recovery.signal"));
            Files.createFile(data.resolve("standby.signal"));
        });
        try (Restore restore = start(standby, new RecoveryTarget.Latest(), "standby")) {
            restore.cluster().awaitReady(PATIENCE);
            return backup(restore.cluster(), "of-standby", WalMethod.NONE);
        }
    }

    private Restore start(Sandbox in, RecoveryTarget target, String name) throws Exception {
        try (DirectoryArchive directory = DirectoryArchive.open(archive)) {
            PlanOutcome outcome =
                    new RestorePlanner(backups.get(0), directory, target, "the target").plan(History.FIRST);
            return Restore.start(in, ((PlanOutcome.Reachable) outcome).plan(), name, PATIENCE);
        }
    }

    private void writeSecond(RecoveryTarget fork) throws Exception {
        FaultySandbox writable = new FaultySandbox(sandbox).before("fork", (data, settings) -> {
            settings.putAll(archiving);
            settings.remove("default_transaction_read_only");
            settings.put("full_page_writes", "on");
        });
        try (Restore restore = start(writable, fork, "fork")) {
            restore.awaitPause();
            restore.promote();
            try (Scribe scribe = new Scribe(restore.cluster().connection(), random, "b")) {
                scribe.write(steps / 3);
                scribe.run("ROLLBACK PREPARED '" + ACROSS_THE_FORK + "'");
                scribe.burst(2, steps * 2);
                scribe.write(steps / 3);
                scribe.run("INSERT INTO t VALUES (11)");
                archiveAll(scribe);
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> Files.exists(archive.resolve(History.SECOND.historyFileName())));
            }
        }
    }
}
