package dev.pitrproof.restore;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The contents of every table of every database in a line each: equal for clusters with the same rows, whatever their
 * order on disk.
 *
 * <p>Without the system catalogs, whose rows tell where things are, but with {@code pg_largeobject}, which holds data of
 * users; without sequences, which may run ahead after a recovery; without temporary tables, and without unlogged ones,
 * which a recovery empties.
 *
 * @param tables by {@code database.schema.table}
 */
public record ClusterDigest(SortedMap<String, TableDigest> tables) {

    private static final String TABLES = """
            SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND (c.relkind <> 'm' OR c.relispopulated)
              AND (n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
                   OR c.oid = 'pg_catalog.pg_largeobject'::regclass)
            ORDER BY c.oid""";

    public ClusterDigest {
        tables = new TreeMap<>(tables);
    }

    /**
     * Reads all tables, each database in one snapshot. To be one moment of the whole cluster, nothing may be written
     * meanwhile.
     */
    public static ClusterDigest of(ClusterDatabases cluster) throws SQLException {
        SortedMap<String, TableDigest> digests = new TreeMap<>();
        for (String database : cluster.names()) {
            try (Connection connection = cluster.connect(database)) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setAutoCommit(false);
                TableDigest.of(connection, tables(connection))
                        .forEach((table, digest) -> digests.put(database + "." + table, digest));
                connection.rollback();
            }
        }
        return new ClusterDigest(digests);
    }

    private static Map<String, String> tables(Connection connection) throws SQLException {
        Map<String, String> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TABLES)) {
            while (row.next()) {
                // a child's rows are the child's
                tables.put(row.getString(1), "ONLY " + row.getString(1));
            }
        }
        return tables;
    }

    /** How many rows there are in all. */
    public long rows() {
        return tables.values().stream().mapToLong(TableDigest::rows).sum();
    }

    /** What is different in the other cluster, a line for each table. */
    public List<String> differencesTo(ClusterDigest other) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(tables.keySet());
        names.addAll(other.tables.keySet());
        for (String name : names) {
            TableDigest mine = tables.get(name);
            TableDigest theirs = other.tables.get(name);
            if (mine == null || !mine.equals(theirs)) {
                differences.add(
                        name + ": " + (theirs == null ? "no such table" : theirs) + " instead of " + inWords(mine));
            }
        }
        return differences;
    }

    private static String inWords(@Nullable TableDigest digest) {
        return digest == null ? "no such table" : digest.toString();
    }
}
