package dev.pitrproof.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the WAL alone says: where recovery has to stop and what has to be visible then.
 *
 * @param lastApplied A, the last transaction end that PostgreSQL must apply, or where there is none the last record of
 *     any kind; null when there is nothing to apply
 * @param firstNotApplied N, the first record that it must not; null when the WAL ends before one
 * @param committed how many transactions must be committed
 * @param notCommitted how many transactions of the window must not be
 * @param leftOutThoughEarlier commits after A in the WAL whose own time is not after the target
 * @param timelinePath the timelines from the backup to the target, oldest first
 * @param appliedThroughLsn the position behind the last record that PostgreSQL must apply, which may be later than A's:
 *     records of transactions that have not ended by then are applied too
 */
public record Oracle(
        @Nullable RecordRef lastApplied,
        @Nullable RecordRef firstNotApplied,
        int committed,
        int notCommitted,
        List<TransactionRef> leftOutThoughEarlier,
        List<Integer> timelinePath,
        @Nullable String appliedThroughLsn) {
    public Oracle {
        leftOutThoughEarlier = Components.list(leftOutThoughEarlier);
        timelinePath = Components.list(timelinePath);
    }
}
