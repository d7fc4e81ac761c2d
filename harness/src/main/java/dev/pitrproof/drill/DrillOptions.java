package dev.pitrproof.drill;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How drills are run.
 *
 * @param major the PostgreSQL major version
 * @param output where evidence and reports go
 * @param seed from which the workload's choices follow
 * @param startedBy who or what asked for the run, e.g. {@code pitrproof run}
 * @param patience how long one recovery may take before it counts as stuck
 * @param sabotage whether a scenario's proof that holds is repeated on broken copies
 * @param home where archives of stories go before their restores; empty if they stay in the sandbox
 */
public record DrillOptions(
        int major,
        Path output,
        long seed,
        String startedBy,
        Duration patience,
        boolean sabotage,
        Optional<ArchiveHome> home) {

    /** With archives in the sandbox. */
    public DrillOptions(int major, Path output, long seed, String startedBy, Duration patience, boolean sabotage) {
        this(major, output, seed, startedBy, patience, sabotage, Optional.empty());
    }

    /** Without sabotage. */
    public DrillOptions(int major, Path output, long seed, String startedBy, Duration patience) {
        this(major, output, seed, startedBy, patience, false);
    }
}
