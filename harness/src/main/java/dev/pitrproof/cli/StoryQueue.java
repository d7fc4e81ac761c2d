package dev.pitrproof.cli;

import dev.pitrproof.evidence.Evidence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Plays stories, several at a time, and tells of them as if they had been played one after another.
 *
 * <p>Each story has a sandbox, an evidence directory and a printer of its own; nothing is shared but the log.
 */
final class StoryQueue {

    private final int jobs;
    private final Player player;

    /** @param jobs how many stories are played at a time, at least one */
    StoryQueue(int jobs, Player player) {
        this.jobs = jobs;
        this.player = player;
    }

    /** Plays one story with all its restores. */
    @FunctionalInterface
    interface Player {
        List<Evidence> play(PlannedStory story, DrillPrinter printer) throws IOException;
    }

    /**
     * Plays them all.
     *
     * @return the evidence, in the stories' order
     * @throws IOException of the first story, in their order, that fails; those that have begun are played to their end,
     *     and no other begins
     */
    List<Evidence> play(List<PlannedStory> stories, DrillPrinter printer) throws IOException {
        Turns turns = new Turns(printer);
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(jobs, stories.size()));
        List<Future<List<Evidence>>> played = new ArrayList<>();
        try {
            for (PlannedStory story : stories) {
                Turns.Turn turn = turns.next();
                played.add(threads.submit(named(story.id(), () -> {
                    try (turn) {
                        return player.play(story, turn);
                    }
                })));
            }
            List<Evidence> evidence = new ArrayList<>();
            for (Future<List<Evidence>> one : played) {
                evidence.addAll(result(one));
            }
            return evidence;
        } finally {
            played.forEach(one -> one.cancel(false));
            end(threads);
        }
    }

    private static void end(ExecutorService threads) {
        threads.shutdown();
        try {
            // what a drill waits for has bounds of its own
            threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The log names the thread, and so the story that a line is about. */
    private static <T> Callable<T> named(String name, Callable<T> work) {
        return () -> {
            Thread.currentThread().setName(name);
            return work.call();
        };
    }

    private static List<Evidence> result(Future<List<Evidence>> played) throws IOException {
        try {
            return played.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while drills ran", e);
        }
    }
}
