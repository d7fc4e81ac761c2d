package dev.pitrproof.replication;

import dev.pitrproof.wal.TimelineHistory;
import java.nio.ByteBuffer;

/**
 * What TIMELINE_HISTORY says.
 *
 * @param fileName such as {@code 00000002.history}
 * @param history what the file tells
 * @param content the file byte by byte as it stands in the server's pg_wal; read-only
 */
public record TimelineHistoryFile(String fileName, TimelineHistory history, ByteBuffer content) {}
