package dev.pitrproof.drill;

import dev.pitrproof.wal.Lsn;

/**
 * The transaction of a step that a restore can go back to.
 *
 * @param moment before the step
 * @param xid with epoch
 * @param end the source's insert position just before its commit: its commit record starts there or behind
 */
record NamedTransaction(Barrier moment, long xid, Lsn end) {}
