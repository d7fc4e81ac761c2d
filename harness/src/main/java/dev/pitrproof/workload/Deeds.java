package dev.pitrproof.workload;

import java.sql.SQLException;

/** What the client of a workload does, one transaction after the other. */
interface Deeds {

    /**
     * Does the next transaction.
     *
     * @throws SQLException if the connection is gone
     */
    void next(Ledger ledger) throws SQLException;

    /** Ends what is not ended. */
    default void end(Ledger ledger) throws SQLException {
        // nothing stays open
    }
}
