package dev.pitrproof.replication;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.CompressionLevel;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link WalReceiver} is to receive, and how it keeps it.
 *
 * @param directory where segments go; exists
 * @param from a position in the first segment: it is received from its beginning
 * @param timeline the timeline of {@code from}
 * @param slot the slot to stream from, or null
 * @param dataDirectory whether {@code directory} is the pg_wal of a base backup: then segments are marked as archived,
 *     so that a restored server does not archive them again, and the last one gets its final name, filled up with zeros.
 *     Else the last one stays {@code .partial}
 * @param sync whether segments are made durable
 * @param flushOften whether WAL is made durable and acknowledged whenever the receiver has caught up, and not only when
 *     a segment is full
 * @param compression how a segment is compressed when it is full; what is {@code .partial} never is
 */
public record WalReceiverRequest(
        Path directory,
        Lsn from,
        TimelineId timeline,
        @Nullable String slot,
        boolean dataDirectory,
        boolean sync,
        boolean flushOften,
        CompressionLevel compression) {

    /** Without compression. */
    public WalReceiverRequest(
            Path directory,
            Lsn from,
            TimelineId timeline,
            @Nullable String slot,
            boolean dataDirectory,
            boolean sync,
            boolean flushOften) {
        this(directory, from, timeline, slot, dataDirectory, sync, flushOften, CompressionLevel.of(Compression.NONE));
    }
}
