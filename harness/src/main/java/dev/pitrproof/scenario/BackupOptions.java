package dev.pitrproof.scenario;

import dev.pitrproof.backup.BackupCompression;
import dev.pitrproof.backup.BackupFormat;
import dev.pitrproof.backup.ChecksumAlgorithm;
import dev.pitrproof.backup.WalMethod;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a story takes a base backup.
 *
 * @param fastCheckpoint whether the server checkpoints at once, instead of spreading it over minutes
 * @param fromStandby whether it is taken from the source's standby
 * @param role who takes it; null: the superuser
 * @param format what becomes of the archives that the server sends
 * @param compression where and how they are compressed on the way
 * @param wal how the WAL gets into the backup
 * @param maxRateKilobytes per second
 * @param manifestChecksums the checksums that the manifest holds
 * @param mapsTablespaces whether the tablespaces go to places of their own; if not, to where they are on the source
 * @param into the label of the backup into whose directory it is to go; null: it has a directory of its own
 * @param roomBytes how much of it fits on the disk that it goes to; empty: all of it
 */
public record BackupOptions(
        boolean fastCheckpoint,
        boolean fromStandby,
        @Nullable String role,
        BackupFormat format,
        BackupCompression compression,
        WalMethod wal,
        OptionalInt maxRateKilobytes,
        ChecksumAlgorithm manifestChecksums,
        boolean mapsTablespaces,
        @Nullable String into,
        OptionalLong roomBytes) {

    /** A plain backup of the source by its superuser, which streams its WAL. */
    public static final BackupOptions DEFAULT = new BackupOptions(
            true,
            false,
            null,
            BackupFormat.PLAIN,
            BackupCompression.NONE,
            WalMethod.STREAM,
            OptionalInt.empty(),
            ChecksumAlgorithm.CRC32C,
            true,
            null,
            OptionalLong.empty());
}
