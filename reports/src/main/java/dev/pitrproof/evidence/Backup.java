package dev.pitrproof.evidence;

import org.jspecify.annotations.Nullable;

/**
 * The base backup that was restored.
 *
 * @param label the label it was taken with
 * @param startLsn the redo position of its checkpoint
 * @param stopLsn where it became consistent; 0/0 where neither a manifest nor the control file of a standby tells
 * @param timeline the timeline it was taken on
 * @param manifestSha256 digest of {@code backup_manifest}
 * @param bytes its size on disk
 * @param seconds how long it took to take; 0 if somebody else took it
 * @param checkpointLsn where its checkpoint record is; null in evidence of older versions
 * @param from {@code primary} or {@code standby}; null in evidence of older versions
 */
public record Backup(
        String label,
        String startLsn,
        String stopLsn,
        int timeline,
        String manifestSha256,
        long bytes,
        double seconds,
        @Nullable String checkpointLsn,
        @Nullable String from) {
    public Backup {
        Components.present(label, "backup.label");
        Components.present(startLsn, "backup.startLsn");
        Components.present(stopLsn, "backup.stopLsn");
        Components.present(manifestSha256, "backup.manifestSha256");
    }
}
