package dev.pitrproof.backup;

/** How the WAL that a base backup needs gets into it. */
public enum WalMethod {
    /** Not at all: it must come from an archive. */
    NONE,
    /** The server appends it at the end; it must still be there by then. */
    FETCH,
    /** A second connection streams it while the backup runs. */
    STREAM
}
