package dev.pitrproof.restore;

import java.util.Locale;

/** How a backup's files come into a data directory, the best first. None of them writes to the backup. */
public enum CopyMethod {
    /** Copies that share the backup's blocks until they are written to: on one file system, if it can (XFS, btrfs). */
    REFLINK,
    /** A view of the backup; a file is copied when the server first opens it for writing, which it does to read, too. */
    OVERLAY,
    /** Every byte copied. */
    PLAIN;

    /** As evidence names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
