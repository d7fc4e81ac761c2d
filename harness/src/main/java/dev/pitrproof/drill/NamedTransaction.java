package dev.pitrproof.drill;

import dev.pitrproof.wal.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The transaction of a step that a restore can go back to.
 *
 * @param moment before the step
 * @param xid with epoch
 * @param end the source's insert position just before its commit: its commit record starts there or behind
 */
record NamedTransaction(Barrier moment, long xid, Lsn end) {

    /** Runs SQL in one transaction that writes something, and says which it was. */
    static NamedTransaction run(String sql, Barrier moment, Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            try (ResultSet row = statement.executeQuery(
                    "SELECT pg_current_xact_id_if_assigned()::text, pg_current_wal_insert_lsn()::text")) {
                row.next();
                String xid = row.getString(1);
                if (xid == null) {
                    throw new SQLException("its transaction has no xid, for it writes nothing before it ends: expected"
                            + " one, since it has a name by as:");
                }
                Lsn end = Lsn.parse(row.getString(2));
                connection.commit();
                return new NamedTransaction(moment, Long.parseUnsignedLong(xid), end);
            }
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
