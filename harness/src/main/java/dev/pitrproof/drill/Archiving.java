package dev.pitrproof.drill;

import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** How a source's WAL gets into its archive. */
interface Archiving extends AutoCloseable {

    /** The archive's directory. */
    Path directory();

    /** What the source must be started with. */
    Map<String, String> parameters();

    /** What the source needs for it. */
    FileAccess files();

    /** Begins, as soon as the source is up and before its first backup. */
    void begin(Cluster source) throws IOException;

    /**
     * Holds it: what the server completes from here on stays with the server. Returns when all that was complete before
     * is in the directory.
     */
    void pause(Cluster source, Connection sql) throws IOException, SQLException;

    /** Lets its disk be full, as {@link #pause} holds it, but with an error for each attempt to archive a segment. */
    void fillDisk(Cluster source, Connection sql) throws IOException, SQLException;

    /** Lets it go on, and returns when what was held back is in the directory. */
    void resume(Cluster source, Connection sql) throws IOException, SQLException;

    boolean isPaused();

    /** What has to be done before the server goes down. */
    void beforeStop() throws IOException;

    /** What has to be done when it is up again. */
    void afterStart(Cluster source) throws IOException;

    /**
     * What has to be done while a source and its standby are up, so that the archive can go on with the standby when that
     * has taken the source's place: then {@link #beforeStop} and {@link #afterStart} follow.
     *
     * @param sql to the source
     */
    void beforePromotion(Cluster standby, Connection sql) throws IOException, SQLException;

    /** Waits until everything up to and with {@code last}, a completed segment, is in the directory, and ends; does not wait where it is held. */
    void finish(SegmentName last, Cluster source) throws IOException;

    @Override
    void close() throws IOException;
}
