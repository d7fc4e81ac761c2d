package dev.pitrproof.find;

import dev.pitrproof.replication.ConnectionSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Set;

/**
 * A question in SQL that has one boolean for an answer.
 *
 * @param sql a SELECT, or an expression, which becomes one
 * @param database where it is asked
 */
public record Condition(String sql, String database) {

    private static final int LOCK_SECONDS = 1;

    /** A schema or a database that is not there; tables, columns and all else are of class 42. */
    private static final Set<String> NOT_THERE = Set.of("3F000", "3D000");

    private static final String SYNTAX_ERROR = "42601";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** An answer. */
    sealed interface Answer {
        /** @param note why it does not hold, where that is not plain; empty else */
        record Holds(boolean holds, String note) implements Answer {}

        /** A transaction that recovery has in progress locks what the question reads. */
        record Locked() implements Answer {}
    }

    /** The question makes no sense: another one must be asked. The message is fit for a user. */
    public static final class Senseless extends Exception {
        private static final long serialVersionUID = 1L;

        Senseless(String message) {
            super(message);
        }
    }

    /**
     * Asks, reading only.
     *
     * @param patienceSeconds how long the answer may take
     * @throws SQLException if the server cannot answer, for other reasons than that something is not there
     */
    Answer ask(ConnectionSettings server, int patienceSeconds) throws SQLException, Senseless {
        try (Connection connection = server.openSql(database);
                Statement statement = connection.createStatement()) {
            connection.setReadOnly(true);
            statement.execute("SET lock_timeout = '" + LOCK_SECONDS + "s'");
            statement.execute("SET statement_timeout = '" + patienceSeconds + "s'");
            try (ResultSet rows = statement.executeQuery(query())) {
                return answer(rows);
            }
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.equals(LOCK_NOT_AVAILABLE)) {
                return new Answer.Locked();
            }
            if (state.equals(SYNTAX_ERROR)) {
                throw new Senseless("the server does not understand the condition: " + firstLine(e));
            }
            if (NOT_THERE.contains(state) || (state.startsWith("42") && !state.equals(INSUFFICIENT_PRIVILEGE))) {
                return new Answer.Holds(false, firstLine(e));
            }
            throw e;
        }
    }

    private String query() {
        String text = sql.strip().replaceFirst(";$", "");
        return text.matches("(?is)(select|with|values|table)\\b.*") ? text : "SELECT (" + text + ")";
    }

    private static Answer answer(ResultSet rows) throws SQLException, Senseless {
        int columns = rows.getMetaData().getColumnCount();
        int type = rows.getMetaData().getColumnType(1);
        if (columns != 1 || (type != Types.BIT && type != Types.BOOLEAN)) {
            throw new Senseless("the condition returns "
                    + (columns != 1
                            ? columns + " columns"
                            : "type " + rows.getMetaData().getColumnTypeName(1))
                    + ": expected one boolean");
        }
        if (!rows.next()) {
            return new Answer.Holds(false, "no row");
        }
        boolean holds = rows.getBoolean(1);
        boolean unknown = rows.wasNull();
        if (rows.next()) {
            throw new Senseless("the condition returns several rows: expected one boolean");
        }
        return new Answer.Holds(holds, unknown ? "NULL" : "");
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse("no message")
                .replaceFirst("^ERROR: ", "");
    }
}
