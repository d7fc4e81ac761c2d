package dev.pitrproof.replication;

/**
 * What TIMELINE_HISTORY says.
 *
 * @param fileName such as {@code 00000002.history}
 * @param content the file as it stands in the server's pg_wal
 */
public record TimelineHistoryFile(String fileName, String content) {}
