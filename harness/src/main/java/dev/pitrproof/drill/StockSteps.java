package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupCompression;
import dev.pitrproof.backup.BackupFormat;
import dev.pitrproof.scenario.BackupOptions;
import dev.pitrproof.scenario.Source;
import dev.pitrproof.scenario.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A story's steps as somebody would do them by hand. */
final class StockSteps {

    private static final String DAYS_WORK = "It belongs to the day's work.";

    private static final String ANEW = "# its sessions have ended: whatever worked on it connects anew";

    /** The server's other processes end when they notice, and as long as one is there none can be started. */
    private static final String KILL = "kill -9 $(head -n 1 \"$SOURCE/postmaster.pid\") && sleep 1";

    private final Source source;
    private final StockArchive archive;

    StockSteps(Source source) {
        this.source = source;
        this.archive = new StockArchive(source.archive());
    }

    /** What a step of the story stands for; empty for those that no tool of PostgreSQL's does. */
    Optional<Explanation> of(Step step) {
        if (step instanceof Step.BaseBackup backup) {
            return Optional.of(backup(backup));
        } else if (step instanceof Step.LogicalBackup dump) {
            return Optional.of(StockDump.take(dump));
        } else if (step instanceof Step.Workload workload) {
            return Optional.of(workload(workload));
        } else if (step instanceof Step.Mark mark) {
            return psql(
                    "mark " + mark.name(),
                    "SELECT clock_timestamp(), pg_current_wal_insert_lsn()",
                    "This time is what a restore can be aimed at; what tables hold now is what it must bring back.");
        } else if (step instanceof Step.Sql sql) {
            return Optional.of(new Explanation("at " + sql.at(), List.of(StockStory.sql(sql.sql())), DAYS_WORK));
        } else if (step instanceof Step.Accident accident) {
            return Optional.of(new Explanation(
                    "the accident",
                    List.of(StockStory.sql(accident.sql())),
                    "It is committed like any other transaction, and every later backup and standby has it, too."));
        } else if (step instanceof Step.RestorePoint point) {
            return psql(
                    "name this point of the WAL " + point.name(),
                    "SELECT pg_create_restore_point('" + point.name() + "')",
                    "recovery_target_name finds it; it takes no agreement of clocks.");
        } else if (step instanceof Step.SwitchWal) {
            return psql(
                    "end the WAL segment", "SELECT pg_switch_wal()", "Only a complete segment gets into the archive.");
        } else if (step instanceof Step.Checkpoint) {
            return psql("make a checkpoint", "CHECKPOINT", "Recovery from a crash begins at the last one.");
        } else if (step instanceof Step.Kill) {
            return server(
                    "kill the source",
                    KILL,
                    "It recovers from its own WAL when it starts again; what was committed is there.");
        } else if (step instanceof Step.LoseTablespace lose) {
            return Optional.of(new Explanation(
                    "lose the disk of tablespace " + lose.tablespace(),
                    List.of(
                            StockStory.PSQL + " -c CHECKPOINT",
                            "rm -r " + StockStory.tablespace("SOURCE", lose.tablespace()) + "/PG_*",
                            KILL,
                            StockStory.start("SOURCE", StockStory.SOURCE_PORT)),
                    "The server starts without it, and only those who read its tables find out; the WAL does not say so,"
                            + " and neither does the next base backup."));
        } else if (step instanceof Step.FillDisk) {
            return Optional.of(new Explanation(
                    "fill the disk of the archive",
                    List.of(
                            StockStory.PSQL + " -c \"ALTER SYSTEM SET archive_command = 'cp \\\"%p\\\" /dev/full'\"",
                            StockStory.PSQL + " -c 'SELECT pg_reload_conf()'"),
                    "/dev/full answers each write as a full disk does. The archiver tries again and again, and pg_wal"
                            + " grows until the source's own disk is full, too."));
        } else if (step instanceof Step.Restart) {
            return server(
                    "restart the source",
                    "pg_ctl -D \"$SOURCE\" -m fast stop",
                    "A shutdown writes a checkpoint, and ends every session.");
        } else if (step instanceof Step.Promote) {
            return Optional.of(promotion());
        }
        return ofArchive(step);
    }

    private Optional<Explanation> ofArchive(Step step) {
        if (step instanceof Step.PauseArchive) {
            return Optional.of(archive.pause());
        } else if (step instanceof Step.ResumeArchive) {
            return Optional.of(archive.resume());
        } else if (step instanceof Step.DelayArchive delay) {
            return Optional.of(StockArchive.delay(delay));
        } else if (step instanceof Step.LoseWal) {
            return Optional.of(StockArchive.lose());
        } else if (step instanceof Step.CorruptWal) {
            return Optional.of(StockArchive.corrupt());
        }
        return Optional.empty();
    }

    /** A story that lets its archive lag holds it in the end. */
    Explanation archiveHeld() {
        return archive.pause();
    }

    /** How the archive is completed when the story is over. */
    Explanation end(List<Step> story) {
        boolean standbyLeft = source.hasStandby() && story.stream().noneMatch(Step.Promote.class::isInstance);
        return StockStory.end(source, standbyLeft);
    }

    private Explanation promotion() {
        List<String> commands = new ArrayList<>(archive.beforePromotion());
        commands.add(StockStory.PSQL + " -c \"SELECT pg_create_restore_point('promotion')\"");
        commands.add(StockStory.PSQL + " -c 'SELECT pg_switch_wal()'");
        commands.add("pg_ctl -D \"$SOURCE\" -m fast stop");
        commands.add("pg_ctl -D \"$STANDBY\" -w promote");
        commands.add("pg_ctl -D \"$STANDBY\" -m fast stop && SOURCE=$STANDBY");
        commands.add(StockStory.start("SOURCE", StockStory.SOURCE_PORT));
        commands.addAll(archive.afterPromotion());
        commands.add(ANEW);
        return new Explanation(
                "promote the standby",
                commands,
                "The old primary is down before, or both would take writes that the other does not have. The standby begins"
                        + " the next timeline, whose history file says where it left the old one; here it moves to the old"
                        + " port, as a virtual address or a proxy does elsewhere.");
    }

    private static Optional<Explanation> psql(String what, String sql, String why) {
        return Optional.of(new Explanation(what, List.of(StockStory.PSQL + " -c \"" + sql + "\""), why));
    }

    private static Optional<Explanation> server(String what, String command, String why) {
        return Optional.of(
                new Explanation(what, List.of(command, StockStory.start("SOURCE", StockStory.SOURCE_PORT), ANEW), why));
    }

    private Explanation backup(Step.BaseBackup backup) {
        BackupOptions options = backup.options();
        String directory = "\"$BACKUPS/" + (options.into() == null ? backup.label() : options.into()) + "\"";
        StringBuilder command = new StringBuilder("pg_basebackup -p "
                        + (options.fromStandby() ? StockStory.STANDBY_PORT : StockStory.SOURCE_PORT))
                .append(options.role() == null ? "" : " -U " + options.role())
                .append(" -D ")
                .append(directory)
                .append(" --label=")
                .append(backup.label())
                .append(" --wal-method=")
                .append(options.wal().name().toLowerCase(Locale.ROOT))
                .append(" --checkpoint=")
                .append(options.fastCheckpoint() ? "fast" : "spread");
        if (options.format() == BackupFormat.TAR) {
            command.append(" --format=tar");
        }
        if (!options.compression().equals(BackupCompression.NONE)) {
            command.append(" --compress=").append(options.compression().words());
        }
        options.maxRateKilobytes()
                .ifPresent(rate -> command.append(" --max-rate=").append(rate));
        if (options.manifestChecksums() != BackupOptions.DEFAULT.manifestChecksums()) {
            command.append(" --manifest-checksums=")
                    .append(options.manifestChecksums().name());
        }
        if (options.mapsTablespaces() && options.format() == BackupFormat.PLAIN) {
            for (String tablespace : source.tablespaces()) {
                command.append(" --tablespace-mapping=\"$")
                        .append(options.fromStandby() ? "STANDBY-" : "SOURCE-")
                        .append(tablespace)
                        .append("=$BACKUPS/")
                        .append(backup.label())
                        .append("+tablespaces/")
                        .append(tablespace)
                        .append('"');
            }
        }
        if (backup.incrementalTo() != null) {
            command.append(" --incremental=\"$BACKUPS/")
                    .append(backup.incrementalTo())
                    .append("/backup_manifest\"");
        }
        List<String> commands = new ArrayList<>();
        options.roomBytes()
                .ifPresent(room -> commands.add("# $BACKUPS is on a disk that has " + room / 1024 + " kB left"));
        commands.add(command.toString());
        if (options.format() == BackupFormat.PLAIN && backup.failsWith() == null) {
            commands.add("pg_verifybackup " + directory);
        }
        return new Explanation("take the base backup " + backup.label(), commands, why(backup));
    }

    private static String why(Step.BaseBackup backup) {
        if (backup.failsWith() != null) {
            return "It is meant to fail, with \"" + backup.failsWith() + "\".";
        }
        return backup.incrementalTo() == null
                ? "The files are copied while the server writes to them; only together with the WAL from the"
                        + " backup's checkpoint to its end do they make a consistent cluster."
                : "Of a table only the blocks are copied that have changed since the other backup, as the server's summaries"
                        + " of its WAL tell; without the other one it is no cluster.";
    }

    private static Explanation workload(Step.Workload workload) {
        return new Explanation(
                "work on it until " + workload.until(),
                work(workload),
                "A target is only worth proving among commits; pitrproof also notes what its clients were told of each"
                        + " one.");
    }

    private static List<String> work(Step.Workload workload) {
        return switch (workload.kind()) {
            case TRANSFERS ->
                List.of(watch(
                        workload,
                        "UPDATE " + workload.on()
                                + " SET balance = balance + CASE id WHEN 1 THEN -5 ELSE 5 END WHERE id"
                                + " IN (1, 2)"));
            case LEDGER ->
                List.of(
                        StockStory.PSQL + " -c 'CREATE TABLE IF NOT EXISTS pitrproof_ledger (entry bigint PRIMARY KEY,"
                                + " written timestamptz DEFAULT clock_timestamp())'",
                        watch(
                                workload,
                                "INSERT INTO pitrproof_ledger (entry) SELECT coalesce(max(entry), 0) + 1 FROM"
                                        + " pitrproof_ledger"));
            case PGBENCH_LIKE ->
                List.of(
                        "pgbench -p " + StockStory.SOURCE_PORT + " -i -q",
                        "pgbench -p " + StockStory.SOURCE_PORT + " --rate=" + workload.ratePerSecond() + " -T 3600 &");
            case TWO_PHASE ->
                List.of(watch(
                        workload,
                        "BEGIN\\; SELECT txid_current()\\; PREPARE TRANSACTION '\\''by-hand'\\''\\; COMMIT PREPARED"
                                + " '\\''by-hand'\\''"));
            case DDL_CHURN ->
                List.of(watch(
                        workload, "CREATE TABLE churn (a int)\\; INSERT INTO churn VALUES (1)\\; DROP TABLE churn"));
            case IDLE -> List.of(StockStory.PSQL + " -c 'SELECT 1'");
        };
    }

    /** The same again and again, as often as the workload does it. */
    private static String watch(Step.Workload workload, String sql) {
        return "echo '" + sql + " \\watch " + 1 / workload.ratePerSecond() + "' | " + StockStory.PSQL
                + " -q > /dev/null &";
    }
}
