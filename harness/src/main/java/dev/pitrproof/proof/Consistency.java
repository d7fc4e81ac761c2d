package dev.pitrproof.proof;

import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;

/**
 * Whether a backup is consistent, as its replay goes on: behind the end-of-backup record that belongs to it, or, taken
 * from a standby, at the position that its control file names.
 */
final class Consistency {

    private final BackupBounds backup;
    private boolean reached;

    Consistency(BackupBounds backup) {
        this.backup = backup;
        // a standby may have replayed up to its backup's end before the backup began
        this.reached = backup.fromStandby() && !backup.redo().isBefore(backup.end());
    }

    /** This record was applied, or is the one that replay begins behind. */
    void replayed(WalRecord record) {
        if (backup.fromStandby()) {
            reached |= !record.end().isBefore(backup.end());
        } else if (record.entry() instanceof WalEntry.BackupEnd end) {
            reached |= end.backupStart().equals(backup.redo());
        }
    }

    boolean isReached() {
        return reached;
    }
}
