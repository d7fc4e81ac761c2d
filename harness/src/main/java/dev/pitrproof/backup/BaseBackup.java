package dev.pitrproof.backup;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A base backup on disk, in plain format: a data directory.
 *
 * @param directory the data directory
 * @param label what its backup_label says
 * @param manifest its manifest, or {@link BackupManifest#ABSENT}
 * @param startLsn recovery needs WAL from here on
 * @param stopLsn recovery is consistent from here on; 0/0 if it is not known, for want of a manifest
 * @param timeline the timeline of {@code startLsn}
 * @param systemIdentifier unsigned 64 bits
 * @param manifestSha256 the manifest's own checksum; empty without a manifest
 * @param bytes of all files but WAL
 * @param took how long it took to take it; zero for a backup that was found on disk
 * @param warnings the server's, in its own words
 * @param damage what is wrong with it, a line each: pages that failed the server's check, differences to the manifest
 */
public record BaseBackup(
        Path directory,
        BackupLabel label,
        BackupManifest manifest,
        Lsn startLsn,
        Lsn stopLsn,
        TimelineId timeline,
        long systemIdentifier,
        String manifestSha256,
        long bytes,
        Duration took,
        List<String> warnings,
        List<String> damage) {

    public BaseBackup {
        warnings = List.copyOf(warnings);
        damage = List.copyOf(damage);
    }

    /** Whether the server found its pages in order, and what came is what the manifest says. */
    public boolean isSound() {
        return damage.isEmpty();
    }

    /** The same, of which it is known how long it took to take it. */
    public BaseBackup took(Duration duration) {
        return new BaseBackup(
                directory,
                label,
                manifest,
                startLsn,
                stopLsn,
                timeline,
                systemIdentifier,
                manifestSha256,
                bytes,
                duration,
                warnings,
                damage);
    }

    /** The same after it has been moved. */
    BaseBackup in(Path place) {
        return new BaseBackup(
                place,
                label,
                manifest,
                startLsn,
                stopLsn,
                timeline,
                systemIdentifier,
                manifestSha256,
                bytes,
                took,
                warnings,
                damage);
    }

    /**
     * Opens a backup that lies in a directory, by whatever tool. The files are not compared with the manifest.
     *
     * @throws IOException with a user's message if it is no backup, or its manifest or control file is damaged
     */
    public static BaseBackup open(Path directory) throws IOException {
        if (!Files.isRegularFile(directory.resolve(BackupLabel.FILE_NAME))) {
            throw new IOException(
                    "directory \"" + directory + "\" is no base backup: it has no " + BackupLabel.FILE_NAME);
        }
        return open(directory, BackupLabel.read(directory));
    }

    /**
     * The backup that a data directory was restored from, as far as that tells: by its {@code backup_label.old}.
     *
     * @throws IOException with a user's message if it does not
     */
    public static BaseBackup behind(Path restored) throws IOException {
        return open(restored, BackupLabel.read(restored, BackupLabel.OLD_FILE_NAME));
    }

    private static BaseBackup open(Path directory, BackupLabel label) throws IOException {
        ControlData control = ControlData.read(directory);
        Path manifestFile = directory.resolve(BackupManifest.FILE_NAME);
        BackupManifest manifest =
                Files.exists(manifestFile) ? BackupManifest.read(manifestFile) : BackupManifest.ABSENT;
        Lsn stop = manifest.walRanges().isEmpty()
                ? Lsn.INVALID
                : manifest.walRanges().get(0).end();
        long bytes = manifest.files().stream()
                .mapToLong(BackupManifest.FileEntry::size)
                .sum();
        return new BaseBackup(
                directory,
                label,
                manifest,
                label.startLsn(),
                stop,
                label.timeline(),
                control.systemIdentifier(),
                manifest.checksum(),
                bytes,
                Duration.ZERO,
                List.of(),
                DamageMark.read(directory).lines());
    }
}
