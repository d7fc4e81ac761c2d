package dev.pitrproof.backup;

import dev.pitrproof.wal.RelationName;
import dev.pitrproof.wal.RelationNames;
import dev.pitrproof.wal.WalEntry.RelationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of one database's relations, as a running server tells them, or told them to a file. */
public final class CatalogQuery {

    /** Asks for the columns that {@link #read(Path)} expects, in their order, one row a relation. */
    public static final String SQL = "SELECT d.oid, d.datname, n.nspname, c.oid, c.relname, c.relkind,"
            + " coalesce(nullif(c.reltablespace, 0), d.dattablespace), coalesce(pg_relation_filenode(c.oid), 0)"
            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_database d"
            + " WHERE d.datname = current_database()";

    private static final int COLUMNS = 8;
    private static final int PG_GLOBAL = 1664;

    private final Map<Integer, String> databases = new HashMap<>();
    private final List<RelationName> relations = new ArrayList<>();

    private CatalogQuery() {}

    /** Asks a server; it answers for the database of the connection, and with the names of the others. */
    public static RelationNames ask(Connection connection) throws SQLException {
        CatalogQuery names = new CatalogQuery();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT oid, datname FROM pg_database")) {
                while (row.next()) {
                    names.databases.put((int) row.getLong(1), row.getString(2));
                }
            }
            try (ResultSet row = statement.executeQuery(SQL)) {
                while (row.next()) {
                    String[] columns = new String[COLUMNS];
                    for (int i = 0; i < COLUMNS; i++) {
                        columns[i] = row.getString(i + 1);
                    }
                    names.add(columns);
                }
            }
        }
        return new RelationNames(names.databases, names.relations);
    }

    /**
     * Reads what {@link #SQL} gave, columns separated by tabs; files of several databases or days may be joined, older
     * ones first.
     *
     * @throws IOException with a user's message that names the line, if one is anything else
     */
    public static RelationNames read(Path file) throws IOException {
        CatalogQuery names = new CatalogQuery();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            String[] columns = line.split("\t", -1);
            try {
                if (columns.length != COLUMNS) {
                    throw new IllegalArgumentException(
                            "expected " + COLUMNS + " columns separated by tabs, found " + columns.length);
                }
                names.add(columns);
            } catch (IllegalArgumentException e) {
                throw new IOException("line " + number + " of \"" + file + "\": " + e.getMessage(), e);
            }
        }
        return new RelationNames(names.databases, names.relations);
    }

    private void add(String[] columns) {
        int database = oid(columns[0]);
        int oid = oid(columns[3]);
        int tablespace = oid(columns[6]);
        int file = oid(columns[7]);
        if (columns[5].length() != 1) {
            throw new IllegalArgumentException("column relkind is \"" + columns[5] + "\": expected one letter");
        }
        databases.put(database, columns[1]);
        relations.add(new RelationName(
                columns[1],
                columns[2],
                columns[4],
                columns[5].charAt(0),
                database,
                oid,
                file == 0 || tablespace == PG_GLOBAL ? null : new RelationFile(tablespace, database, file)));
    }

    private static int oid(String text) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not an OID");
        }
    }
}
