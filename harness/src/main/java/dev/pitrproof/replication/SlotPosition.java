package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.util.Optional;

/**
 * What READ_REPLICATION_SLOT says of a physical slot; needs PostgreSQL 15.
 *
 * @param restartLsn the oldest WAL that the slot holds back; empty if it reserves none
 * @param restartTimeline the timeline of that position
 */
public record SlotPosition(Optional<Lsn> restartLsn, Optional<TimelineId> restartTimeline) {}
