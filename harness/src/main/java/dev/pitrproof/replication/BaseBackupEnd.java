package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.util.Optional;

/**
 * How a base backup ended, after all of it has been received.
 *
 * @param stop the backup needs the WAL up to here
 * @param timeline the timeline of {@code stop}
 * @param checksumFailure the server's error when pages failed verification: the backup is whole, but what the server
 *     read was damaged
 */
public record BaseBackupEnd(Lsn stop, TimelineId timeline, Optional<ServerMessage> checksumFailure) {}
