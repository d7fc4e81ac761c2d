package dev.pitrproof.scenario;

import dev.pitrproof.workload.WorkKind;
import java.time.Duration;
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
     * @param incrementalTo the label of an earlier backup, if only what has changed since is taken; else null
     * @param failsWith a part of the message with which it must fail; null: it must not
     */
    record BaseBackup(
            Position position,
            StoryTime at,
            String label,
            BackupOptions options,
            @Nullable String incrementalTo,
            @Nullable String failsWith)
            implements Step {}

    /**
     * A logical backup: what {@code pg_dump} writes of the source's database as one snapshot shows it.
     *
     * @param label by which {@link Restore#from} names it; no other backup has the same
     */
    record LogicalBackup(Position position, StoryTime at, String label) implements Step {}

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

    /**
     * SQL that belongs to the day's work.
     *
     * @param as the name of its transaction, which no other step has; null for SQL that runs as it is written. SQL with a
     *     name is run in one transaction, so that there is one xid and one commit to go back to
     */
    record Sql(
            Position position,
            StoryTime at,
            String sql,
            @Nullable String as) implements Step {}

    /**
     * SQL that does the damage, from which the loss is counted.
     *
     * @param as as of {@link Sql}
     */
    record Accident(
            Position position,
            StoryTime at,
            String sql,
            @Nullable String as) implements Step {}

    /** Every process of the source is killed, in the middle of its work; it is started again and recovers by itself. */
    record Kill(Position position, StoryTime at) implements Step {}

    /** The source is shut down, which ends its sessions, and started again. */
    record Restart(Position position, StoryTime at) implements Step {}

    /**
     * The source is shut down for good, and its standby promoted: it is the source from then on, on the next timeline. What
     * follows in the story happens to it, and it archives into the same place.
     */
    record Promote(Position position, StoryTime at) implements Step {}

    /**
     * The directory of a tablespace is lost, and the source killed with it; it is started again without.
     *
     * @param tablespace of the source's
     */
    record LoseTablespace(Position position, StoryTime at, String tablespace) implements Step {}

    /** The disk of the archive is full: what the server completes stays in its pg_wal, until the archive is resumed. */
    record FillDisk(Position position, StoryTime at) implements Step {}

    /**
     * A restore point in the WAL, as {@code pg_create_restore_point} writes it.
     *
     * @param name no other restore point has the same
     */
    record RestorePoint(Position position, StoryTime at, String name) implements Step {}

    /** The segment that is being written is completed, as by {@code pg_switch_wal}. */
    record SwitchWal(Position position, StoryTime at) implements Step {}

    /** A checkpoint at once. */
    record Checkpoint(Position position, StoryTime at) implements Step {}

    /** What the server completes from now on stays in its pg_wal, until the archive is resumed. */
    record PauseArchive(Position position, StoryTime at) implements Step {}

    /** What was held back gets into the archive, and all that follows. */
    record ResumeArchive(Position position, StoryTime at) implements Step {}

    /**
     * From now on segments reach the archive late, until it is resumed. When the story ends before it is, those that were
     * completed in its last {@code by} are not there.
     *
     * @param by on the story's clock, longer than zero
     */
    record DelayArchive(Position position, StoryTime at, Duration by) implements Step {}

    /** Sabotage: the WAL segment that is being written at this moment disappears from the archive once it is there. */
    record LoseWal(Position position, StoryTime at) implements Step {}

    /** Sabotage: the WAL segment that is being written at this moment is damaged in the archive, from this moment on. */
    record CorruptWal(Position position, StoryTime at) implements Step {}
}
