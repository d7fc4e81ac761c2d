package dev.pitrproof.replication;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

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
 * @param tablespaceMap whether the main tar stream says in a file where the tablespaces are, and not by links
 * @param compression what the server compresses the archives with, {@code gzip}, {@code lz4} or {@code zstd}; null: it
 *     does not. From PostgreSQL 15 on
 * @param compressionDetail such as {@code level=9,workers=2}; null: the method's defaults
 * @param incrementalTo the manifest of an earlier backup: only what has changed since it is sent. From PostgreSQL 17 on
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
        String manifestChecksums,
        boolean tablespaceMap,
        @Nullable String compression,
        @Nullable String compressionDetail,
        @Nullable Path incrementalTo) {

    boolean wantsManifest() {
        return !manifest.equals("no");
    }
}
