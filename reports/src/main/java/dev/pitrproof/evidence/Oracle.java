package dev.pitrproof.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the WAL alone says: where recovery has to stop and what has to be visible then.
 *
 * @param lastApplied A, the last record that PostgreSQL must apply; null when there is none
 * @param firstNotApplied N, the first record that it must not; null when the WAL ends before one
 * @param committed how many transactions must be committed
 * @param notCommitted how many transactions of the window must not be
 * @param leftOutThoughEarlier commits after A in the WAL whose own time is not after the target
 * @param timelinePath the timelines from the backup to the target, oldest first
 */
public record Oracle(
        @Nullable RecordRef lastApplied,
        @Nullable RecordRef firstNotApplied,
        int committed,
        int notCommitted,
        List<TransactionRef> leftOutThoughEarlier,
        List<Integer> timelinePath) {
    public Oracle {
        leftOutThoughEarlier = Components.list(leftOutThoughEarlier);
        timelinePath = Components.list(timelinePath);
    }
}
