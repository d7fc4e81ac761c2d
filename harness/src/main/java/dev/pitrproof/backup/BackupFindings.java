package dev.pitrproof.backup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came out of comparing a backup with its manifest.
 *
 * @param manifest without its files; {@link BackupManifest#ABSENT} if the backup has none, or one that is damaged
 * @param mismatches damage: what is not as the manifest says, and what keeps a server from starting; by path
 * @param unreadable what could not be read, which says nothing about its content, a line each
 * @param notes what is no damage but may surprise whoever restores the backup, a line each
 * @param files how many files were compared with the manifest
 * @param bytes how many bytes of their contents were read
 * @param filesBySizeOnly how many of these files have no checksum in the manifest: only their sizes were compared
 * @param systemIdentifier of the control file, unsigned; null if that cannot be understood
 */
public record BackupFindings(
        BackupManifest manifest,
        List<Mismatch> mismatches,
        List<String> unreadable,
        List<String> notes,
        long files,
        long bytes,
        long filesBySizeOnly,
        @Nullable Long systemIdentifier) {

    public BackupFindings {
        mismatches = List.copyOf(mismatches);
        unreadable = List.copyOf(unreadable);
        notes = List.copyOf(notes);
    }

    /** Whether there was anything to compare the backup with: a manifest that can be relied upon. */
    public boolean hasManifest() {
        return manifest.isPresent();
    }

    /** Whether there was a manifest, everything could be read, and nothing is damaged. */
    public boolean isSound() {
        return hasManifest() && mismatches.isEmpty() && unreadable.isEmpty();
    }
}
