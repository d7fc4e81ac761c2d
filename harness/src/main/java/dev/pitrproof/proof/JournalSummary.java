package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import java.util.Map;
import java.util.Set;

/**
 * What the clients of the source were told about their own transactions: the third witness, known only where the drill
 * ran its own workload.
 *
 * @param acknowledged xids whose COMMIT was answered, each with the position behind which its end cannot lie
 * @param rolledBack xids the client rolled back, or whose statement was refused
 */
public record JournalSummary(Map<Long, Lsn> acknowledged, Set<Long> rolledBack) {

    /** No journal: the workload was not ours. */
    public static final JournalSummary NONE = new JournalSummary(Map.of(), Set.of());

    public JournalSummary {
        acknowledged = Map.copyOf(acknowledged);
        rolledBack = Set.copyOf(rolledBack);
    }
}
