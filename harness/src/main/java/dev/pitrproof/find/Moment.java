package dev.pitrproof.find;

import dev.pitrproof.wal.Removal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that dropped or truncated something.
 *
 * @param commit the transaction
 * @param removals what it took away, relations with names first
 * @param lastBefore the last commit before it on its timeline, in WAL order; null if the archive has none
 */
public record Moment(
        Commit commit, List<Removal> removals, @Nullable Commit lastBefore) {

    public Moment {
        removals = List.copyOf(removals);
    }
}
