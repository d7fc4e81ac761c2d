package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;

/**
 * What the oracle must know of a base backup.
 *
 * @param redo the backup's START WAL LOCATION, where replay begins
 * @param checkpoint the start of the backup's checkpoint record
 * @param end the position that replay must pass before the backup is consistent
 * @param timeline the timeline the backup was taken on
 * @param fromStandby whether it was taken from a standby, which writes no end-of-backup record
 */
public record BackupBounds(Lsn redo, Lsn checkpoint, Lsn end, TimelineId timeline, boolean fromStandby) {}
