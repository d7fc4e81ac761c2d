package dev.pitrproof.workload;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction does before the row that it adds to the ledger.
 *
 * @param before statements of their own
 * @param with a data-modifying common table expression such as {@code d AS (UPDATE …)}, which spares a round trip; null
 *     for none
 */
record Work(List<String> before, @Nullable String with) {

    /** The row alone. */
    static final Work NONE = new Work(List.of(), null);

    Work {
        before = List.copyOf(before);
    }

    static Work of(List<String> statements) {
        return new Work(statements, null);
    }
}
