package dev.pitrproof.drill;

import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Path;
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

    /** Waits until everything up to and with {@code last}, a completed segment, is in the directory, and ends. */
    void finish(SegmentName last, Cluster source) throws IOException;

    @Override
    void close() throws IOException;
}
