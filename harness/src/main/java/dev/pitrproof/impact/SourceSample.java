package dev.pitrproof.impact;

import dev.pitrproof.wal.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * One look at a source. What could not be seen is null.
 *
 * @param position where its WAL ends; of a standby, what it has replayed
 * @param waitingFiles files that wait to be archived
 * @param oldestSeconds how long the first of them has waited; 0 if none waits
 * @param lastArchived the file that was archived last; null if there was none yet
 * @param failing whether the archiver's latest attempt failed
 * @param walSenders WAL senders but those of the backup
 * @param lagBytes how far the last of them is behind; null if none receives WAL, or that may not be seen
 */
record SourceSample(
        @Nullable Lsn position,
        @Nullable Integer waitingFiles,
        @Nullable Double oldestSeconds,
        @Nullable String lastArchived,
        boolean failing,
        int walSenders,
        @Nullable Long lagBytes) {}
