package dev.pitrproof.restore;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A table's contents in one line: equal for equal sets of rows, whatever their order on disk.
 *
 * @param rows how many there are
 * @param digest the sum of the rows' MD5 sums (their first 64 bits) as a decimal number; 0 for an empty table
 */
public record TableDigest(long rows, String digest) {

    private static final String SETTINGS = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601';"
            + " SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex';"
            + " SET LOCAL xmloption = 'content'; SET LOCAL lock_timeout = '10s'";

    private static final String SUM =
            "SELECT count(*), coalesce(sum(('x' || left(md5(r::text), 16))::bit(64)::bigint::numeric), 0)::text FROM ";

    /**
     * Reads the whole table, in a transaction of its own; the session's settings stay as they are.
     *
     * @param connection in auto-commit mode
     * @param table an SQL name, quoted where needed
     * @throws SQLException also if there is no such table
     */
    public static TableDigest of(Connection connection, String table) throws SQLException {
        connection.setAutoCommit(false);
        try {
            return of(connection, Map.of(table, table)).values().iterator().next();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /**
     * Reads whole tables in the connection's transaction, whose settings it changes.
     *
     * @param tables what stands behind FROM, by any name
     */
    static Map<String, TableDigest> of(Connection connection, Map<String, String> tables) throws SQLException {
        Map<String, TableDigest> digests = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS);
            for (Map.Entry<String, String> table : tables.entrySet()) {
                try (ResultSet row = statement.executeQuery(SUM + table.getValue() + " AS r")) {
                    row.next();
                    digests.put(table.getKey(), new TableDigest(row.getLong(1), row.getString(2)));
                }
            }
        }
        return digests;
    }

    @Override
    public String toString() {
        return rows + " rows, digest " + digest;
    }
}
