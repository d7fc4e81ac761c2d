package dev.pitrproof.agreement;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * The oracle against one PostgreSQL.
 *
 * @param version of the server, such as 17.7
 * @param seed what the history and the choice of targets hang on
 */
record Agreement(int major, String version, long seed, List<Outcome> outcomes) {

    Agreement {
        outcomes = List.copyOf(outcomes);
    }

    /** Transactions in a third of a history. */
    private static final int STEPS = 120;

    /** All edges, and at least so many targets. */
    static Agreement full(int major, long seed, int atLeast) throws Exception {
        return run(major, seed, STEPS, attempts -> attempts.all(atLeast), sandbox -> sandbox);
    }

    /** So many targets on a short history. */
    static Agreement sample(int major, long seed, int number) throws Exception {
        return sample(major, seed, number, sandbox -> sandbox);
    }

    /** The same with something between the restores and their servers. */
    static Agreement sample(int major, long seed, int number, UnaryOperator<Sandbox> between) throws Exception {
        return run(major, seed, STEPS / 2, attempts -> attempts.some(number), between);
    }

    private interface Choice {
        List<Attempt> of(Attempts attempts);
    }

    private static Agreement run(int major, long seed, int steps, Choice choice, UnaryOperator<Sandbox> between)
            throws Exception {
        Random random = new Random(seed * 31 + major);
        try (ProcessSandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}))) {
            History history = new HistoryWriter(sandbox, random, steps).write();
            List<Outcome> outcomes = new ArrayList<>();
            try (DirectoryArchive archive = DirectoryArchive.open(history.archive())) {
                Trial trial = new Trial(between.apply(sandbox), archive);
                for (Attempt attempt :
                        choice.of(new Attempts(history, paths(history, archive), archive.segmentSize(), random))) {
                    Outcome outcome = trial.of(attempt);
                    outcomes.add(outcome);
                    if (!outcome.agrees()) { // all of them take minutes
                        System.err.println("PostgreSQL " + major + ": " + outcome);
                    }
                }
            }
            return new Agreement(major, sandbox.release().version(), seed, outcomes);
        }
    }

    private static Map<TimelineId, List<WalRecord>> paths(History history, DirectoryArchive archive)
            throws IOException {
        Map<TimelineId, List<WalRecord>> paths = new LinkedHashMap<>();
        for (TimelineId timeline : List.of(History.FIRST, History.SECOND)) {
            List<WalRecord> records = new ArrayList<>();
            new WalReader(archive, archive.history(timeline).orElseThrow(), archive.segmentSize())
                    .read(history.backups().get(0).startLsn(), records::add);
            paths.put(timeline, records);
        }
        return paths;
    }
}
