package dev.pitrproof.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two recovery objectives.
 *
 * @param rto how long it took, null when not measured
 * @param rpo how much was lost, null when not measured
 */
public record Objectives(@Nullable Rto rto, @Nullable Rpo rpo) {

    /**
     * Recovery time.
     *
     * @param asked the most allowed, in seconds; null when nothing was claimed
     * @param measured from the decision to restore until the cluster accepts writes, in seconds
     * @param phases its parts in seconds, in the order they happened (give a map that keeps it)
     * @param copy how the backup's files came into the restored data directory: {@code reflink}, {@code overlay} or
     *     {@code plain}; null when unknown. Only a plain copy has copied every byte within the time measured
     * @param checks how long it took then to judge the claims about the restored data, in seconds, which is no part of the
     *     time measured; null when it did not come to that
     */
    public record Rto(
            @Nullable Double asked,
            double measured,
            Map<String, Double> phases,
            @Nullable String copy,
            @Nullable Double checks) {
        public Rto {
            phases = Components.map(phases);
        }
    }

    /**
     * Recovery point.
     *
     * @param asked the largest loss allowed, in seconds; null when nothing was claimed
     * @param measured the loss in seconds, on the same clock as {@code asked}
     * @param recoveredThrough the last moment of which everything is back, null when unknown
     * @param damage when the damage happened, null when unknown
     * @param acknowledgedCommitsLost acknowledged commits that are not there, the first 20
     * @param acknowledgedCommitsLostTotal how many there are in all
     */
    public record Rpo(
            @Nullable Double asked,
            double measured,
            @Nullable Instant recoveredThrough,
            @Nullable Instant damage,
            List<TransactionRef> acknowledgedCommitsLost,
            long acknowledgedCommitsLostTotal) {
        public Rpo {
            acknowledgedCommitsLost = Components.list(acknowledgedCommitsLost);
        }
    }
}
