package dev.pitrproof.workload;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
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
    private final TimelineId timeline;

    private Ledger(Connection connection, Journal journal, TimelineId timeline) {
        this.connection = connection;
        this.journal = journal;
        this.timeline = timeline;
    }

    /** Of a server that stays on the timeline that it writes to now for as long as the connection lasts. */
    static Ledger of(Connection connection, Journal journal) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")) {
            row.next();
            TimelineId timeline =
                    new TimelineId(Integer.parseUnsignedInt(row.getString(1).substring(0, 8), 16));
            connection.commit();
            return new Ledger(connection, journal, timeline);
        }
    }

    /** Makes the table, which must not exist yet. */
    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE
                    + " (entry bigint PRIMARY KEY, written timestamptz NOT NULL DEFAULT clock_timestamp())");
        }
    }

    /** The numbers of its rows; none where there is no such table. */
    static Set<Long> rows(Connection connection) throws SQLException {
        Set<Long> rows = new HashSet<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet table = statement.executeQuery("SELECT to_regclass('" + TABLE + "') IS NOT NULL")) {
                table.next();
                if (!table.getBoolean(1)) {
                    return rows;
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT entry FROM " + TABLE)) {
                while (row.next()) {
                    rows.add(row.getLong(1));
                }
            }
        }
        return rows;
    }

    Connection connection() {
        return connection;
    }

    /**
     * Commits one transaction: the work, when there is some, and a row of the ledger. When the server refuses the work,
     * that is recorded, and the row is committed alone.
     *
     * @throws SQLException if the connection is gone
     */
    void commit(Work work) throws SQLException {
        long number = journal.nextNumber();
        Instant started = Instant.now();
        Row row = null;
        try {
            row = write(number, work);
            connection.commit();
        } catch (SQLException e) {
            notAnswered(e, number, row, started);
            if (!work.equals(Work.NONE)) {
                commit(Work.NONE);
            }
            return;
        }
        acknowledged(number, row, started, Instant.now());
    }

    /**
     * A transaction that was prepared, and neither committed nor rolled back.
     *
     * @param gid its name
     */
    record Prepared(String gid, long number, Row row, Instant started) {}

    /**
     * Prepares a transaction with a row of the ledger.
     *
     * @return null if the server refused it, which is recorded
     * @throws SQLException if the connection is gone
     */
    @Nullable
    Prepared prepare() throws SQLException {
        long number = journal.nextNumber();
        Instant started = Instant.now();
        String gid = "pitrproof-" + number;
        Row row = null;
        try {
            row = write(number, Work.NONE);
            execute("PREPARE TRANSACTION '" + gid + "'");
            connection.commit();
            return new Prepared(gid, number, row, started);
        } catch (SQLException e) {
            notAnswered(e, number, row, started);
            return null;
        }
    }

    /**
     * Commits a prepared transaction.
     *
     * @throws SQLException if the server did not say that it did: then nobody knows
     */
    void commit(Prepared prepared) throws SQLException {
        try {
            connection.setAutoCommit(true);
            execute("COMMIT PREPARED '" + prepared.gid() + "'");
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            journal.add(new JournalEntry(
                    prepared.number(),
                    Outcome.IN_DOUBT,
                    timeline,
                    prepared.row().xid(),
                    prepared.row().before(),
                    null,
                    prepared.started(),
                    Instant.now(),
                    e.getSQLState() + " " + firstLine(e)));
            throw e;
        }
        acknowledged(prepared.number(), prepared.row(), prepared.started(), Instant.now());
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A row of the ledger that is not committed yet. */
    record Row(long xid, Lsn before) {}

    private Row write(long number, Work work) throws SQLException {
        for (String statement : work.before()) {
            execute(statement);
        }
        String with = work.with();
        String sql = (with == null ? "" : "WITH " + with + " ")
                + "INSERT INTO " + TABLE + " (entry) VALUES (?)"
                + " RETURNING pg_current_xact_id()::text, pg_current_wal_insert_lsn()::text";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, number);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return new Row(Long.parseUnsignedLong(row.getString(1)), Lsn.parse(row.getString(2)));
            }
        }
    }

    private void notAnswered(SQLException cause, long number, @Nullable Row row, Instant started) throws SQLException {
        boolean lost = isConnectionLost(cause);
        if (!lost) {
            connection.rollback();
        }
        journal.add(new JournalEntry(
                number,
                lost ? Outcome.IN_DOUBT : Outcome.REFUSED,
                timeline,
                row == null ? null : row.xid(),
                row == null ? null : row.before(),
                null,
                started,
                Instant.now(),
                cause.getSQLState() + " " + firstLine(cause)));
        if (lost) {
            throw cause;
        }
    }

    /** COMMIT was answered, whatever becomes of the question where the WAL ends now. */
    private void acknowledged(long number, Row row, Instant started, Instant ended) throws SQLException {
        Lsn after = null;
        try (Statement ask = connection.createStatement();
                ResultSet answer = ask.executeQuery("SELECT pg_current_wal_insert_lsn()::text")) {
            answer.next();
            after = Lsn.parse(answer.getString(1));
        } finally {
            journal.add(new JournalEntry(
                    number, Outcome.ACKNOWLEDGED, timeline, row.xid(), row.before(), after, started, ended, null));
        }
        connection.commit();
    }

    private boolean isConnectionLost(SQLException e) throws SQLException {
        String state = e.getSQLState();
        return connection.isClosed() || state == null || state.startsWith("08") || state.startsWith("57P");
    }

    private static String firstLine(SQLException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
