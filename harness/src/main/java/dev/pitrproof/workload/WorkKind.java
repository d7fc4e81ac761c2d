package dev.pitrproof.workload;

/** What a workload does in each of its transactions, besides the row it adds to the ledger. */
public enum WorkKind {
    /** Moves an amount from one row to another of a table with the integer columns {@code id} and {@code balance}. */
    TRANSFERS,
    /** Nothing else. */
    LEDGER
}
