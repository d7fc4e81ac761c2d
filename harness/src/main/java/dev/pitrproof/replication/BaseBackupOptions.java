package dev.pitrproof.replication;

import java.util.OptionalInt;

/**
 * What BASE_BACKUP is asked for.
 *
 * @param label at most 1024 bytes
 * @param fastCheckpoint whether the checkpoint before the backup is done at once, instead of spread over time
 * @param includeWal whether the server appends the WAL of the backup to the main tar stream
 * @param waitForArchive whether the server waits until that WAL has been archived, if it archives
 * @param estimateSize whether the server adds up the sizes of its files first
 * @param maxRateKilobytes per second, 32 to 1048576
 * @param verifyPageChecksums whether the server checks the pages as it reads them
 * @param manifest {@code yes}, {@code no} or {@code force-encode}
 * @param manifestChecksums {@code NONE}, {@code CRC32C}, {@code SHA224}, {@code SHA256}, {@code SHA384} or
 *     {@code SHA512}
 */
public record BaseBackupOptions(
        String label,
        boolean fastCheckpoint,
        boolean includeWal,
        boolean waitForArchive,
        boolean estimateSize,
        OptionalInt maxRateKilobytes,
        boolean verifyPageChecksums,
        String manifest,
        String manifestChecksums) {

    boolean wantsManifest() {
        return !manifest.equals("no");
    }
}
