package dev.pitrproof.archive;

/** Is told how much of an archive has been read; called by several threads. */
@FunctionalInterface
public interface ReadProgress {

    /** Says nothing. */
    ReadProgress SILENT = (bytesRead, of) -> {};

    /**
     * So much has been read.
     *
     * @param of how much there is; a compressed segment counts as if it were not
     */
    void read(long bytesRead, long of);
}
