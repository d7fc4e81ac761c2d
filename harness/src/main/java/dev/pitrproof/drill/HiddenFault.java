package dev.pitrproof.drill;

import dev.pitrproof.fault.ArchiveFault;
import dev.pitrproof.fault.BackupFault;
import dev.pitrproof.proof.FindingCode;

/** Something that can be wrong with a backup or its archive, and that somebody who looks at them can find out. */
public enum HiddenFault {
    LOST_SEGMENT(ArchiveFault.LOST_SEGMENT.words(), FindingCode.WAL_GAP),
    TRUNCATED_SEGMENT(ArchiveFault.TRUNCATED_SEGMENT.words(), FindingCode.WAL_CORRUPT),
    SWAPPED_SEGMENTS(ArchiveFault.SWAPPED_SEGMENTS.words(), FindingCode.WAL_CORRUPT),
    FOREIGN_SEGMENT(ArchiveFault.FOREIGN_SEGMENT.words(), FindingCode.FOREIGN_WAL),
    ENLARGED_FILE(BackupFault.APPENDED_BYTE.words(), BackupFault.APPENDED_BYTE.finding()),
    CHANGED_BYTE(BackupFault.FLIPPED_BYTE.words(), BackupFault.FLIPPED_BYTE.finding()),
    MISSING_FILE(BackupFault.MISSING_FILE.words(), BackupFault.MISSING_FILE.finding());

    private final String words;
    private final FindingCode finding;

    HiddenFault(String words, FindingCode finding) {
        this.words = words;
        this.finding = finding;
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** Whether it is the backup that it is in; else it is the archive. */
    public boolean isInBackup() {
        return finding == FindingCode.BACKUP_DAMAGED;
    }

    /** By which a proof would notice. */
    public FindingCode finding() {
        return finding;
    }
}
