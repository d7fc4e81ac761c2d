package dev.pitrproof.scenario;

import dev.pitrproof.workload.WorkKind;
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
     * @param options how it is taken
     * @param failsWith a part of the message with which it must fail; null: it must not
     */
    record BaseBackup(
            Position position,
            StoryTime at,
            String label,
            BackupOptions options,
            @Nullable String failsWith) implements Step {}

    /**
     * Transactions that run while the story goes on, up to {@code until}.
     *
     * @param kind what its transactions do; each writes the ledger, a table of pitrproof's own
     * @param on the table that {@link WorkKind#TRANSFERS} moves balances in; null for other kinds
     * @param ratePerSecond transactions in a second of real time; zero for {@link WorkKind#IDLE} alone
     */
    record Workload(
            Position position,
            StoryTime at,
            StoryTime until,
            WorkKind kind,
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
