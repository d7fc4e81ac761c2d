package dev.pitrproof.backup;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;

/** Is told how a base backup proceeds; called from the thread that takes it. */
public interface BackupProgress {

    /** Says nothing. */
    BackupProgress SILENT = new BackupProgress() {};

    /** The server has accepted a replication connection; this process of its serves it. */
    default void connected(int serverProcess) {}

    /** The server is about to be asked for the backup. */
    default void asking() {}

    /** The server's checkpoint is done and the backup has begun. */
    default void started(Lsn start, TimelineId timeline) {}

    /** All that will come, as the server estimates it: the database may grow or shrink meanwhile. */
    default void expects(long bytes) {}

    /** So much has been received so far. Called very often. */
    default void received(long bytes) {}

    /** Everything has come; it is being made durable and compared with the manifest. */
    default void finishing() {}

    /** The server warns, in its own words. */
    default void warning(String message) {}
}
