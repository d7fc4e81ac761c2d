package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalRecord;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One position at which a replay is halted and asked.
 *
 * @param prediction what must be true there; its target is the position as PostgreSQL's own setting has it, exclusive
 * @param reasons why it was chosen, in words; empty for one that was drawn
 */
public record SweepTarget(Prediction prediction, List<String> reasons) {

    public SweepTarget {
        reasons = List.copyOf(reasons);
    }

    /** The position behind the last record that is applied. */
    public Lsn end() {
        return prediction.endLsn();
    }

    /** The record right before the position. */
    public WalRecord last() {
        return Objects.requireNonNull(prediction.lastApplied(), "there is a record before every target of a sweep");
    }

    /** The transaction that ends there; empty for the position behind another record. */
    public Optional<EndedTransaction> transaction() {
        int ended = prediction.applied().size();
        return Optional.of(prediction.applied())
                .filter(applied -> ended > 0)
                .map(applied -> applied.get(ended - 1))
                .filter(end -> end.end().equals(end()));
    }

    /** Whether PostgreSQL itself can be told to stop there: it stops only before a record that it reads. */
    public boolean canBeAskedFor() {
        return prediction.firstNotApplied() != null;
    }
}
