package dev.pitrproof.workload;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The drill's own table on the source, to which every transaction of a workload adds a row.
 *
 * <p>Because no accident touches it, work goes on after one, and there are commits on both sides of every target.
 */
final class Ledger {

    static final String TABLE = "pitrproof_ledger";

    private final Connection connection;
    private final Journal journal;

    Ledger(Connection connection, Journal journal) {
        this.connection = connection;
        this.journal = journal;
    }

    /** Makes the table, which must not exist yet. */
    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE
                    + " (entry bigint PRIMARY KEY, written timestamptz NOT NULL DEFAULT clock_timestamp())");
        }
    }

    /**
     * Commits one transaction: the statement, when there is one, and a row of the ledger. When the server refuses the
     * statement, that is recorded, and the row is committed alone.
     *
     * @param statement a data-modifying SELECT-less common table expression such as {@code d AS (UPDATE …)}; null for
     *     the row alone
     * @throws SQLException if the connection is gone
     */
    void commit(@Nullable String statement) throws SQLException {
        long number = journal.nextNumber();
        Instant started = Instant.now();
        try {
            commit(number, statement, started);
        } catch (SQLException e) {
            rollBackAfter(e, number, started);
            if (statement != null) {
                commit(null);
            }
        }
    }

    private void rollBackAfter(SQLException cause, long number, Instant started) throws SQLException {
        String refusal = cause.getSQLState() + " " + firstLine(cause);
        if (connection.isClosed() || isConnectionError(cause)) {
            journal.add(new JournalEntry(number, Outcome.IN_DOUBT, null, null, null, started, Instant.now(), refusal));
            throw cause;
        }
        connection.rollback();
        journal.add(new JournalEntry(number, Outcome.REFUSED, null, null, null, started, Instant.now(), refusal));
    }

    private void commit(long number, @Nullable String statement, Instant started) throws SQLException {
        String sql = (statement == null ? "" : "WITH " + statement + " ")
                + "INSERT INTO " + TABLE + " (entry) VALUES (?)"
                + " RETURNING pg_current_xact_id()::text, pg_current_wal_insert_lsn()::text";
        long xid;
        Lsn before;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, number);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                xid = Long.parseUnsignedLong(row.getString(1));
                before = Lsn.parse(row.getString(2));
            }
        }
        connection.commit();
        Instant ended = Instant.now();
        Lsn after;
        try (Statement ask = connection.createStatement();
                ResultSet row = ask.executeQuery("SELECT pg_current_wal_insert_lsn()::text")) {
            row.next();
            after = Lsn.parse(row.getString(1));
        }
        connection.commit();
        journal.add(new JournalEntry(number, Outcome.ACKNOWLEDGED, xid, before, after, started, ended, null));
    }

    private static boolean isConnectionError(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    private static String firstLine(SQLException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
