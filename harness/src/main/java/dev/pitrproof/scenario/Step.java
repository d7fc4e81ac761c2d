package dev.pitrproof.scenario;

import org.jspecify.annotations.Nullable;

/**
 * One event of a story. Steps come in the order of the file, which is also the order of their times; steps at the same
 * time run one after the other in that order.
 */
public sealed interface Step {

    /** Where the step begins in the file. */
    Position position();

    /** When it is due; for a workload, when it starts. */
    StoryTime at();

    /**
     * A base backup of the source.
     *
     * @param label by which {@link Restore#from} names it; no other backup has the same
     * @param fastCheckpoint whether the server checkpoints at once, instead of spreading it over minutes
     * @param incrementalTo the label of an earlier backup, if only what has changed since is taken; else null
     */
    record BaseBackup(
            Position position,
            StoryTime at,
            String label,
            boolean fastCheckpoint,
            @Nullable String incrementalTo) implements Step {}

    /**
     * Transactions that run while the story goes on, up to {@code until}.
     *
     * @param kind {@code transfers} or {@code ledger}; both write the ledger, a table of pitrproof's own
     * @param on the table that {@code transfers} moves balances in; null for {@code ledger}
     * @param ratePerSecond transactions in a second of real time, more than zero
     */
    record Workload(
            Position position,
            StoryTime at,
            StoryTime until,
            String kind,
            @Nullable String on,
            double ratePerSecond) implements Step {}

    /**
     * A moment to compare with: the digests of tables named in {@link ClaimSpec.SameAs} are taken here.
     *
     * @param name no other mark has the same
     */
    record Mark(Position position, StoryTime at, String name) implements Step {}

    /** SQL that belongs to the day's work. */
    record Sql(Position position, StoryTime at, String sql) implements Step {}

    /** SQL that does the damage, from which the loss is counted. */
    record Accident(Position position, StoryTime at, String sql) implements Step {}

    /** Sabotage: the WAL segment that is being written at this moment disappears from the archive once it is there. */
    record LoseWal(Position position, StoryTime at) implements Step {}
}
