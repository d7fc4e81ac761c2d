package dev.pitrproof.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What kind of base backup to take, and where to put it. Defaults are those of pg_basebackup, but for the checkpoint of
 * {@link #into}.
 *
 * @param directory becomes the data directory; must be empty or absent
 * @param label at most 1024 bytes
 * @param fastCheckpoint whether the server does its checkpoint at once, instead of spread over minutes
 * @param wal how the WAL gets into the backup
 * @param manifestChecksums {@code NONE}, {@code CRC32C}, {@code SHA224}, {@code SHA256}, {@code SHA384} or
 *     {@code SHA512}
 * @param sync whether everything is made durable before the backup counts as done
 * @param tablespaceMappings from the tablespace's place on the server to its place here; one that is not named goes to
 *     the same place as on the server
 * @param maxRateKilobytes per second, 32 to 1048576
 * @param verifyPageChecksums whether the server checks the pages as it reads them
 * @param manifest {@code yes}, {@code no} or {@code force-encode}
 * @param clean whether what was written is removed when the backup fails
 * @param slot a replication slot for streaming the WAL; null: a temporary one, if {@code temporarySlot}
 * @param createSlot whether {@code slot} is to be created
 * @param temporarySlot whether a temporary slot holds the WAL back during the backup when no slot is named
 * @param walDirectory where pg_wal lies, which then is a symbolic link; null: in the data directory
 */
public record BackupRequest(
        Path directory,
        String label,
        boolean fastCheckpoint,
        WalMethod wal,
        String manifestChecksums,
        boolean sync,
        Map<Path, Path> tablespaceMappings,
        OptionalInt maxRateKilobytes,
        boolean verifyPageChecksums,
        String manifest,
        boolean clean,
        @Nullable String slot,
        boolean createSlot,
        boolean temporarySlot,
        @Nullable Path walDirectory) {

    public BackupRequest {
        tablespaceMappings = Map.copyOf(tablespaceMappings);
    }

    /** A durable backup that starts at once, streams its WAL and has a manifest with CRC-32C checksums. */
    public static BackupRequest into(Path directory, String label) {
        return new BackupRequest(
                directory,
                label,
                true,
                WalMethod.STREAM,
                "CRC32C",
                true,
                Map.of(),
                OptionalInt.empty(),
                true,
                "yes",
                true,
                null,
                false,
                true,
                null);
    }

    /** The same with a checkpoint at once, or one spread over time. */
    public BackupRequest withFastCheckpoint(boolean fast) {
        return new BackupRequest(
                directory,
                label,
                fast,
                wal,
                manifestChecksums,
                sync,
                tablespaceMappings,
                maxRateKilobytes,
                verifyPageChecksums,
                manifest,
                clean,
                slot,
                createSlot,
                temporarySlot,
                walDirectory);
    }

    /** The same with another way for the WAL. */
    public BackupRequest withWal(WalMethod method) {
        return new BackupRequest(
                directory,
                label,
                fastCheckpoint,
                method,
                manifestChecksums,
                sync,
                tablespaceMappings,
                maxRateKilobytes,
                verifyPageChecksums,
                manifest,
                clean,
                slot,
                createSlot,
                temporarySlot,
                walDirectory);
    }

    /** The same for a backup that need not survive a crash of this machine, if {@code durable} is false. */
    public BackupRequest withSync(boolean durable) {
        return new BackupRequest(
                directory,
                label,
                fastCheckpoint,
                wal,
                manifestChecksums,
                durable,
                tablespaceMappings,
                maxRateKilobytes,
                verifyPageChecksums,
                manifest,
                clean,
                slot,
                createSlot,
                temporarySlot,
                walDirectory);
    }

    /** The same with tablespaces in other places than on the server. */
    public BackupRequest withTablespaceMappings(Map<Path, Path> mappings) {
        return new BackupRequest(
                directory,
                label,
                fastCheckpoint,
                wal,
                manifestChecksums,
                sync,
                mappings,
                maxRateKilobytes,
                verifyPageChecksums,
                manifest,
                clean,
                slot,
                createSlot,
                temporarySlot,
                walDirectory);
    }

    boolean wantsManifest() {
        return !manifest.equals("no");
    }
}
