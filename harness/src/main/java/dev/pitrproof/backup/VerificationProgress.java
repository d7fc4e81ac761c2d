package dev.pitrproof.backup;

/** Is told how far a verification is; from several threads, one at a time. */
public interface VerificationProgress {

    /** Says nothing. */
    VerificationProgress SILENT = new VerificationProgress() {};

    /** All there is to compare, as the manifest says. */
    default void expects(long files, long bytes) {}

    /** So much has been read so far. */
    default void checked(long bytes) {}
}
