package dev.pitrproof.drill;

import dev.pitrproof.restore.StagedReplay;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What a standby keeps locked for transactions that have not ended where it stands: the lock of a DROP is replayed before
 * its commit.
 */
final class LockedRelations {

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String LOCKS = "SELECT relation::regclass::text FROM pg_locks WHERE locktype = 'relation'"
            + " AND mode = 'AccessExclusiveLock' AND granted AND relation >= 16384 AND database ="
            + " (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1";

    private LockedRelations() {}

    static boolean isLocked(SQLException failure) {
        return LOCK_NOT_AVAILABLE.equals(failure.getSQLState());
    }

    /** Who holds what, as a sentence has it. */
    static String inWords(StagedReplay replay, String database) {
        List<String> relations = new ArrayList<>();
        try (Connection connection = replay.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LOCKS)) {
            while (row.next()) {
                relations.add(row.getString(1));
            }
        } catch (SQLException e) {
            relations.clear(); // the catalog itself is locked
        }
        return "a transaction that has not ended there locks "
                + (relations.isEmpty() ? "what has to be read" : Excerpt.of(relations));
    }
}
