package dev.pitrproof.drill;

import dev.pitrproof.scenario.Step;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.workload.Journal;
import dev.pitrproof.workload.Workload;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The workloads that run while a story is played: held at its barriers, ended at their times, begun anew with a server. */
final class StoryWorkloads implements AutoCloseable {

    private final SourceServer source;
    private final Journal journal;
    private final Random random;
    private final Map<Step.Workload, Workload> running = new LinkedHashMap<>();

    /** @param journal gets what each of their clients is told */
    StoryWorkloads(SourceServer source, Journal journal, Random random) {
        this.source = source;
        this.journal = journal;
        this.random = random;
    }

    private Workload begin(Step.Workload step) throws SQLException {
        return Workload.start(
                source.connect(),
                journal,
                step.kind(),
                step.on(),
                step.ratePerSecond(),
                // each has its own, so that what it does does not hang on when others do something
                new Random(random.nextLong()));
    }

    void hold() throws SQLException {
        for (Workload workload : running.values()) {
            workload.hold();
        }
    }

    void release() {
        for (Workload workload : running.values()) {
            workload.release();
        }
    }

    /** Ends those whose time is over. */
    void endAt(StoryTime time) throws SQLException {
        for (Map.Entry<Step.Workload, Workload> entry : List.copyOf(running.entrySet())) {
            if (entry.getKey().until().equals(time)) {
                entry.getValue().close();
                running.remove(entry.getKey());
            }
        }
    }

    /** Ends all of them, and says which they were. */
    List<Step.Workload> stop() throws SQLException {
        List<Step.Workload> steps = List.copyOf(running.keySet());
        for (Workload workload : running.values()) {
            workload.close();
        }
        running.clear();
        return steps;
    }

    /** Begins workloads, some of them anew, as sessions end with their server; they are held. */
    void startHeld(List<Step.Workload> steps) throws SQLException {
        for (Step.Workload step : steps) {
            Workload workload = begin(step);
            workload.hold();
            running.put(step, workload);
        }
    }

    /** Ends those that still run. */
    @Override
    public void close() throws SQLException {
        stop();
    }
}
