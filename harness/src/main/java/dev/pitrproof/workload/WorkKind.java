package dev.pitrproof.workload;

import java.util.Locale;

/** What a workload does in each of its transactions, besides the row it adds to the ledger. */
public enum WorkKind {
    /** Moves an amount from one row to another of a table with the integer columns {@code id} and {@code balance}. */
    TRANSFERS,
    /** Nothing else. */
    LEDGER,
    /** What pgbench does: tellers, branches and accounts are updated, a history is written, balances are looked up. */
    PGBENCH_LIKE,
    /** Is prepared, and committed only after the next one has been prepared. */
    TWO_PHASE,
    /** Makes tables, changes them, fills them, and drops them again. */
    DDL_CHURN,
    /** There are no transactions: the client is connected, and that is all. */
    IDLE;

    /** As scenarios write it: {@code two-phase}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
