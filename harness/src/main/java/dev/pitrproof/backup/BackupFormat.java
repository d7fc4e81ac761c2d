package dev.pitrproof.backup;

/** What becomes of the tar streams in which a server sends a base backup. */
public enum BackupFormat {
    /** The files they hold: a data directory. */
    PLAIN,
    /** Files of their own: base.tar and one for each tablespace. */
    TAR
}
