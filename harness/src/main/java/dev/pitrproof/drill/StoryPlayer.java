package dev.pitrproof.drill;

import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.restore.ClusterDigest;
import dev.pitrproof.restore.TableDigest;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.scenario.ArchiveMethod;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.Step;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.workload.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Plays a story on a source, step by step at the times its clock says.
 *
 * <p>Each time that the scenario names is a barrier: the workload is held, the server's clock is read, and the steps of
 * that time run before the workload goes on. The time spent there is off the story's clock.
 */
final class StoryPlayer implements AutoCloseable {

    private static final long TICK_NANOS = 100_000_000;

    private final Scenario scenario;
    private final SourceServer source;
    private final StoryBackups backups;
    private final StoryDumps dumps;
    private final DrillListener listener;

    private final Journal journal = new Journal();
    private final SortedMap<StoryTime, Barrier> barriers = new TreeMap<>();
    private final Map<String, Barrier> marks = new LinkedHashMap<>();
    private final Map<String, Map<String, TableDigest>> digests = new LinkedHashMap<>();
    private final Map<String, ClusterDigest> clusterDigests = new LinkedHashMap<>();
    private final List<Moment> moments = new ArrayList<>();
    private final Recording.Places places = Recording.Places.none();
    private final ArchiveEvents archive;
    private final StockSteps stock;
    private final StoryWorkloads workloads;
    private Recording.@Nullable Damage damage;
    private long clockStart;

    /** @param backupDirectory exists; each backup becomes a directory below it */
    StoryPlayer(
            Scenario scenario,
            SourceServer source,
            Path backupDirectory,
            StoryDumps dumps,
            Random random,
            DrillListener listener) {
        this.scenario = scenario;
        this.source = source;
        this.backups = new StoryBackups(source, backupDirectory, listener);
        this.dumps = dumps;
        this.listener = listener;
        this.archive = new ArchiveEvents(scenario, source);
        this.stock = new StockSteps(scenario.source());
        this.workloads = new StoryWorkloads(source, journal, random);
    }

    /** Plays all of it, and returns when the last segment is in the archive and the sabotage is done. */
    Recording play() throws IOException, SQLException, StepFailed {
        clockStart = System.nanoTime();
        for (StoryTime time : times()) {
            awaitDue(time);
            long held = System.nanoTime();
            reach(time);
            clockStart += System.nanoTime() - held;
        }
        workloads.stop();
        listener.explained(stock.end(scenario.story()));
        listener.progress(Progress.of("completing the archive"));
        source.finishArchive();
        archive.strike().forEach(listener::explained);
        return new Recording(
                scenario.source().archive() == ArchiveMethod.NONE ? null : source.archive(),
                backups.taken(),
                dumps.taken(),
                barriers,
                marks,
                places,
                digests,
                clusterDigests,
                moments,
                backups.impacts(),
                damage,
                journal);
    }

    private SortedSet<StoryTime> times() {
        SortedSet<StoryTime> times = new TreeSet<>();
        times.add(scenario.clock().from());
        times.add(scenario.clock().to());
        times.addAll(archive.times());
        for (Step step : scenario.story()) {
            times.add(step.at());
            if (step instanceof Step.Workload workload) {
                times.add(workload.until());
            }
        }
        for (Restore restore : scenario.restores()) {
            times.add(restore.to().time());
            if (restore.server().clockShowsItAgain() != null) {
                times.add(restore.server().clockShowsItAgain());
            }
        }
        return times;
    }

    private void awaitDue(StoryTime time) {
        long due = clockStart + scenario.clock().offset(time).toNanos();
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            listener.clock(scenario.clock()
                    .at(Duration.ofNanos(System.nanoTime() - clockStart))
                    .toString());
            LockSupport.parkNanos(Math.min(wait, TICK_NANOS));
        }
    }

    private void reach(StoryTime time) throws IOException, SQLException, StepFailed {
        workloads.hold();
        Barrier barrier = source.barrier(time);
        barriers.put(time, barrier);
        workloads.endAt(time);
        for (Step step : scenario.story()) {
            if (step.at().equals(time)) {
                run(step, barrier);
            }
        }
        if (archive.reached(time)) {
            listener.explained(stock.archiveHeld());
        }
        workloads.release();
    }

    private void run(Step step, Barrier barrier) throws StepFailed {
        stock.of(step).ifPresent(listener::explained);
        try {
            if (step instanceof Step.BaseBackup backup) {
                run(backup, barrier);
            } else if (step instanceof Step.LogicalBackup dump) {
                run(dump, barrier);
            } else if (step instanceof Step.Workload workload) {
                run(workload, barrier);
            } else if (step instanceof Step.Mark mark) {
                run(mark);
            } else if (step instanceof Step.Sql sql) {
                execute(sql.sql(), sql.as(), barrier);
                tell(barrier, "sql", oneLine(sql.sql()));
            } else if (step instanceof Step.Accident accident) {
                execute(accident.sql(), accident.as(), barrier);
                damaged(barrier);
                tell(barrier, "accident", oneLine(accident.sql()));
            } else if (step instanceof Step.Kill) {
                kill();
                tell(barrier, "crash", "the server is killed, and recovers from the crash");
            } else if (step instanceof Step.LoseTablespace lose) {
                damaged(barrier);
                source.loseTablespace(lose.tablespace());
                restart(StopMode.KILL);
                tell(
                        barrier,
                        "accident",
                        "the directory of tablespace " + lose.tablespace()
                                + " is lost; the server is killed, and starts without it");
            } else if (step instanceof Step.Restart) {
                restart(StopMode.FAST);
                tell(barrier, "restart", "the server is restarted");
            } else if (step instanceof Step.Promote) {
                tell(barrier, "promotion", promote());
            } else if (step instanceof Step.RestorePoint point) {
                places.restorePoints().put(point.name(), source.barrier(step.at()));
                source.createRestorePoint(point.name());
                tell(barrier, "restore-point", point.name());
            } else if (step instanceof Step.SwitchWal) {
                source.execute("SELECT pg_switch_wal()");
                tell(barrier, "switch-wal", "the current segment is completed");
            } else if (step instanceof Step.Checkpoint) {
                source.execute("CHECKPOINT");
                tell(barrier, "checkpoint", "done");
            } else {
                change(step, barrier);
            }
        } catch (SQLException | IOException e) {
            throw new StepFailed(step.position(), "the step", e);
        }
    }

    /** What is done to the archive. */
    private void change(Step step, Barrier barrier) throws IOException, SQLException {
        if (step instanceof Step.FillDisk full) {
            tell(barrier, "accident", archive.run(full));
        } else if (step instanceof Step.PauseArchive pause) {
            tell(barrier, "archive", archive.run(pause));
        } else if (step instanceof Step.ResumeArchive resume) {
            tell(barrier, "archive", archive.run(resume));
        } else if (step instanceof Step.DelayArchive delay) {
            tell(barrier, "archive", archive.run(delay));
        } else if (step instanceof Step.LoseWal lose) {
            tell(barrier, "sabotage", archive.run(lose));
        } else if (step instanceof Step.CorruptWal corrupt) {
            tell(barrier, "sabotage", archive.run(corrupt));
        }
    }

    /** The loss is counted from the first accident on. */
    private void damaged(Barrier barrier) {
        if (damage == null) {
            damage = new Recording.Damage(barrier.storyTime(), barrier.serverTime());
        }
    }

    private void execute(String sql, @Nullable String as, Barrier barrier) throws SQLException {
        if (as == null) {
            source.execute(sql);
        } else {
            places.transactions().put(as, source.executeNamed(sql, barrier));
        }
    }

    /** In the middle of what the workloads do: what they were not told the end of is in doubt. */
    private void kill() throws IOException, SQLException {
        workloads.release();
        restart(StopMode.KILL);
    }

    /** In the middle of what the workloads do, who then go on with the new primary; returns what to tell of it. */
    private String promote() throws IOException, SQLException {
        workloads.release();
        TimelineHistory history = source.promoteStandby();
        workloads.startHeld(workloads.stop());
        return "the source is shut down, and the standby promoted: timeline " + history.timeline() + " begins at "
                + history.beginOf(history.timeline()).orElseThrow();
    }

    /** The sessions of the workloads end with the server, and each begins anew. */
    private void restart(StopMode mode) throws IOException, SQLException {
        if (mode == StopMode.FAST) {
            List<Step.Workload> steps = workloads.stop();
            source.restart(mode);
            workloads.startHeld(steps);
        } else {
            source.restart(mode);
            workloads.startHeld(workloads.stop());
        }
    }

    private void run(Step.BaseBackup step, Barrier barrier) throws IOException, SQLException {
        workloads.release();
        String told = backups.take(step);
        // the steps behind this one at the same time find the workloads held again
        workloads.hold();
        places.backupEnds().put(step.label(), source.barrier(step.at()));
        tell(barrier, "base-backup", told);
    }

    /** The work goes on as soon as the snapshot is taken, which is what a dump of a working day is about. */
    private void run(Step.LogicalBackup step, Barrier barrier) throws IOException, SQLException {
        listener.progress(Progress.of("pg_dump of " + step.label()));
        String told = dumps.take(step, barrier, workloads::release);
        workloads.release();
        workloads.hold();
        tell(barrier, "logical-backup", told);
    }

    private void run(Step.Workload step, Barrier barrier) throws SQLException {
        // the steps behind this one at the same time are as quiet as any
        workloads.startHeld(List.of(step));
        tell(
                barrier,
                "workload",
                step.kind().word() + (step.on() == null ? "" : " on " + step.on()) + " until " + step.until());
    }

    /** A mark is where it stands among the steps of its time, which may lie behind the barrier. */
    private void run(Step.Mark step) throws SQLException {
        Barrier moment = source.barrier(step.at());
        Map<String, TableDigest> tables = new LinkedHashMap<>();
        for (Restore restore : scenario.restores()) {
            for (ClaimSpec claim : restore.prove()) {
                if (claim instanceof ClaimSpec.SameAs same && same.mark().equals(step.name())) {
                    tables.put(same.table(), TableDigest.of(source.sql(), same.table()));
                } else if (claim.equals(new ClaimSpec.ClusterSameAs(step.name()))
                        && !clusterDigests.containsKey(step.name())) {
                    clusterDigests.put(step.name(), ClusterDigest.of(source));
                }
            }
        }
        digests.put(step.name(), tables);
        marks.put(step.name(), moment);
        tell(moment, "mark", step.name());
    }

    private void tell(Barrier barrier, String kind, String text) {
        Moment moment = new Moment(
                barrier.storyTime().toString(),
                barrier.serverTime(),
                barrier.lsn().toString(),
                kind,
                text);
        moments.add(moment);
        listener.moment(moment);
    }

    private static String oneLine(String sql) {
        return sql.strip().replaceAll("\\s+", " ");
    }

    /** Stops the workloads that still run, when the story broke off. */
    @Override
    public void close() throws SQLException {
        workloads.close();
    }
}
