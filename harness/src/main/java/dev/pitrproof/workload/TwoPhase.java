package dev.pitrproof.workload;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Prepares each transaction, and commits it once the next one has been prepared: so at every moment between two of them
 * there is one whose fate is still open.
 */
final class TwoPhase implements Deeds {

    private Ledger.@Nullable Prepared open;

    @Override
    public void next(Ledger ledger) throws SQLException {
        Ledger.Prepared prepared = ledger.prepare();
        end(ledger);
        open = prepared;
    }

    @Override
    public void end(Ledger ledger) throws SQLException {
        Ledger.Prepared before = open;
        open = null;
        if (before != null) {
            ledger.commit(before);
        }
    }
}
