package dev.pitrproof.backup;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file global/pg_control of PostgreSQL 13 to 18; see {@code src/include/catalog/pg_control.h}.
 *
 * @param systemIdentifier unsigned 64 bits
 * @param controlVersion 1300 (PostgreSQL 13 to 16), 1700 or 1800
 * @param catalogVersion the date of the system catalogs, such as 202406281
 * @param state what the cluster was doing
 * @param time when the file was last written, in seconds
 * @param checkpointLsn the last checkpoint record
 * @param redoLsn where recovery from that checkpoint begins
 * @param timeline the timeline of that checkpoint
 * @param minRecoveryPoint consistent only from here on; 0/0 outside recovery
 * @param minRecoveryTimeline the timeline of that position; null outside recovery
 * @param walLevel 0 minimal, 1 replica, 2 logical
 * @param walSegmentSize bytes
 * @param dataChecksumVersion 0: pages have no checksums
 * @param relationSegmentBlocks how many pages the files of a large relation hold, all but the last
 */
public record ControlData(
        long systemIdentifier,
        int controlVersion,
        int catalogVersion,
        State state,
        Instant time,
        Lsn checkpointLsn,
        Lsn redoLsn,
        TimelineId timeline,
        Lsn minRecoveryPoint,
        @Nullable TimelineId minRecoveryTimeline,
        int walLevel,
        int maxConnections,
        int maxWorkerProcesses,
        int maxWalSenders,
        int maxPreparedTransactions,
        int maxLocksPerTransaction,
        int blockSize,
        int walSegmentSize,
        int dataChecksumVersion,
        Instant checkpointTime,
        int relationSegmentBlocks) {

    /** DBState, in the order of its numbers. */
    public enum State {
        STARTUP,
        SHUTDOWNED,
        SHUTDOWNED_IN_RECOVERY,
        SHUTDOWNING,
        IN_CRASH_RECOVERY,
        IN_ARCHIVE_RECOVERY,
        IN_PRODUCTION
    }

    private static final int CHECKSUM_AT = 288;
    private static final int CHECKSUM_AT_18 = 292;

    /** Reads the file of a data directory, whose checksum must be right. */
    public static ControlData read(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve("global").resolve("pg_control");
        try {
            return parse(Files.readAllBytes(file));
        } catch (IllegalArgumentException e) {
            throw new IOException("file \"" + file + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Decodes the file's bytes, written by a little-endian server.
     *
     * @throws IllegalArgumentException if they are no pg_control of a version that we know, or are damaged
     */
    public static ControlData parse(byte[] bytes) {
        if (bytes.length < CHECKSUM_AT_18 + Integer.BYTES) {
            throw new IllegalArgumentException("pg_control has " + bytes.length + " bytes: expected 8192");
        }
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int version = file.getInt(8);
        if (version != 1300 && version != 1700 && version != 1800) {
            throw new IllegalArgumentException(
                    "pg_control has version " + version + ": expected 1300, 1700 or 1800 (PostgreSQL 13 to 18)");
        }
        int checksumAt = version == 1800 ? CHECKSUM_AT_18 : CHECKSUM_AT;
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, checksumAt);
        if ((int) sum.getValue() != file.getInt(checksumAt)) {
            throw new IllegalArgumentException(String.format(
                    "pg_control has checksum %08x: expected %08x", file.getInt(checksumAt), sum.getValue()));
        }
        int state = file.getInt(16);
        if (state < 0 || state >= State.values().length) {
            throw new IllegalArgumentException("pg_control has state " + state + ": expected 0 to 6");
        }
        int minRecoveryTimeline = file.getInt(144);
        return new ControlData(
                file.getLong(0),
                version,
                file.getInt(12),
                State.values()[state],
                Instant.ofEpochSecond(file.getLong(24)),
                new Lsn(file.getLong(32)),
                new Lsn(file.getLong(40)),
                new TimelineId(file.getInt(48)),
                new Lsn(file.getLong(136)),
                minRecoveryTimeline == 0 ? null : new TimelineId(minRecoveryTimeline),
                file.getInt(172),
                file.getInt(180),
                file.getInt(184),
                file.getInt(188),
                file.getInt(192),
                file.getInt(196),
                file.getInt(216),
                file.getInt(228),
                file.getInt(252),
                Instant.ofEpochSecond(file.getLong(104)),
                file.getInt(220));
    }
}
