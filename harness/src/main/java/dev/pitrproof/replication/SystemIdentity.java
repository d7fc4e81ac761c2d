package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;

/**
 * What IDENTIFY_SYSTEM says.
 *
 * @param systemIdentifier unsigned 64 bits, given to the cluster by initdb
 * @param timeline the current timeline
 * @param flushLsn how far WAL has been flushed; on a standby how far it has been received or replayed
 */
public record SystemIdentity(long systemIdentifier, TimelineId timeline, Lsn flushLsn) {}
