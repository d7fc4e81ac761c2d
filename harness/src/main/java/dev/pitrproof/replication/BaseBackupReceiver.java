package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Takes a base backup as it streams in. The calls come in the order of the methods; an exception ends the backup and
 * the connection. Buffers are only lent: they hold something else after the call.
 */
public interface BaseBackupReceiver {

    /** The checkpoint is done: the backup needs the WAL from {@code start} on. */
    void started(Lsn start, TimelineId timeline) throws IOException;

    /** All tablespaces, the main data directory last. */
    void tablespaces(List<Tablespace> tablespaces) throws IOException;

    /** A tar stream begins. Servers before 15 send it without the two zero blocks at its end. */
    void archive(Tablespace tablespace) throws IOException;

    /** Bytes of the tar stream. */
    void archiveData(ByteBuffer data) throws IOException;

    /** The tar stream is complete. */
    void archiveEnd() throws IOException;

    /** The backup manifest begins; it comes last, and only if it was asked for. */
    void manifest() throws IOException;

    /** Bytes of the manifest. */
    void manifestData(ByteBuffer data) throws IOException;
}
