package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;

/**
 * Where WAL goes on after a timeline has ended.
 *
 * @param timeline the timeline that branched off
 * @param start where it branched off
 */
record NextTimeline(TimelineId timeline, Lsn start) {}
