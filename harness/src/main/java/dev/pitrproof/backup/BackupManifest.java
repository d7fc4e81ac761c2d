package dev.pitrproof.backup;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup manifest, versions 1 (PostgreSQL 13 to 16) and 2 (from 17); see "Backup Manifest Format" in the manual.
 *
 * @param version 1 or 2; 0 stands for a backup without a manifest
 * @param systemIdentifier unsigned 64 bits; null in version 1
 * @param files every file of the backup but the manifest itself and the WAL segments
 * @param walRanges the WAL that the backup needs, newest timeline first
 * @param checksum the manifest's own SHA-256 as it stands in its last line, verified; empty without a manifest
 */
public record BackupManifest(
        int version,
        @Nullable Long systemIdentifier,
        List<FileEntry> files,
        List<WalRange> walRanges,
        String checksum) {

    /** The file's name in the data directory. */
    public static final String FILE_NAME = "backup_manifest";

    /** Stands for the manifest of a backup that was taken without one. */
    public static final BackupManifest ABSENT = new BackupManifest(0, null, List.of(), List.of(), "");

    public BackupManifest {
        files = List.copyOf(files);
        walRanges = List.copyOf(walRanges);
    }

    /**
     * A file of the backup.
     *
     * @param path relative to the data directory, with slashes; files of tablespaces lie under {@code pg_tblspc/<oid>}
     * @param size bytes
     * @param lastModified as in the manifest: {@code YYYY-MM-DD HH:MM:SS GMT}
     * @param algorithm NONE if the manifest has no checksum for the file
     * @param checksum lower-case hexadecimal digits, empty for NONE
     */
    public record FileEntry(
            String path, long size, String lastModified, ChecksumAlgorithm algorithm, String checksum) {}

    /** A stretch of WAL on one timeline; {@code end} is the position behind its last record. */
    public record WalRange(TimelineId timeline, Lsn start, Lsn end) {}

    public boolean isPresent() {
        return version != 0;
    }

    /** Reads a whole manifest into memory and verifies its own checksum. */
    public static BackupManifest read(Path file) throws IOException {
        List<FileEntry> files = new ArrayList<>();
        return ManifestReader.read(file, files::add).withFiles(files);
    }

    BackupManifest withFiles(List<FileEntry> entries) {
        return new BackupManifest(version, systemIdentifier, entries, walRanges, checksum);
    }
}
