package dev.pitrproof.evidence;

import org.jspecify.annotations.Nullable;

/**
 * The WAL archive.
 *
 * @param segments how many segments it holds
 * @param firstLsn where the first of them begins
 * @param lastLsn where the last whole record ends
 * @param lastProvableCommit the last commit that can be the aim of a proof, null when there is none
 * @param recoveryRangeSha256 digest of the segments that recovery reads, null when they are not all there
 * @param readableThroughLsn how far the WAL can be read in one piece from the backup on, where something that the
 *     target needs is missing or damaged; null when nothing is
 */
public record Archive(
        int segments,
        String firstLsn,
        String lastLsn,
        @Nullable TransactionRef lastProvableCommit,
        @Nullable String recoveryRangeSha256,
        @Nullable String readableThroughLsn) {

    public Archive {
        Components.present(firstLsn, "archive.firstLsn");
        Components.present(lastLsn, "archive.lastLsn");
    }

    /** An archive in which nothing that the target needs is missing. */
    public Archive(
            int segments,
            String firstLsn,
            String lastLsn,
            @Nullable TransactionRef lastProvableCommit,
            @Nullable String recoveryRangeSha256) {
        this(segments, firstLsn, lastLsn, lastProvableCommit, recoveryRangeSha256, null);
    }
}
