package dev.pitrproof.proof;

import dev.pitrproof.wal.WalEntry.ParameterChange;

/**
 * The five settings which a hot standby must not have lower than the server that wrote the WAL.
 *
 * <p>See {@code CheckRequiredParameterValues} in xlogrecovery.c.
 */
public record ParameterLimits(
        int maxConnections,
        int maxWorkerProcesses,
        int maxWalSenders,
        int maxPreparedTransactions,
        int maxLocksPerTransaction) {

    /** The higher of each of the five. */
    public ParameterLimits orHigher(ParameterChange change) {
        return new ParameterLimits(
                Math.max(maxConnections, change.maxConnections()),
                Math.max(maxWorkerProcesses, change.maxWorkerProcesses()),
                Math.max(maxWalSenders, change.maxWalSenders()),
                Math.max(maxPreparedTransactions, change.maxPreparedTransactions()),
                Math.max(maxLocksPerTransaction, change.maxLocksPerTransaction()));
    }
}
