package dev.pitrproof.drill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The collations of a database whose library is of another version here than on the source. */
final class Collations {

    /** Those that some column or index uses; a cluster knows hundreds. The database's own comes first, from 15 on. */
    private static final String USED = """
            SELECT coll.oid, quote_ident(n.nspname) || '.' || quote_ident(coll.collname), coll.collversion
            FROM pg_collation coll
            JOIN pg_namespace n ON n.oid = coll.collnamespace
            WHERE coll.collprovider <> 'd' AND coll.collversion IS NOT NULL
              AND (EXISTS (SELECT FROM pg_attribute a WHERE a.attcollation = coll.oid)
                   OR EXISTS (SELECT FROM pg_index i WHERE coll.oid = ANY (i.indcollation::oid[])))
            ORDER BY 2""";

    private static final String OF_DATABASE =
            "SELECT datcollversion, pg_database_collation_actual_version(oid) FROM pg_database"
                    + " WHERE datname = current_database() AND datcollversion IS NOT NULL";

    private Collations() {}

    /** A line for each. */
    static List<String> of(Connection connection, String database) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            if (connection.getMetaData().getDatabaseMajorVersion() >= 15) {
                try (ResultSet row = statement.executeQuery(OF_DATABASE)) {
                    if (row.next() && !Objects.equals(row.getString(1), row.getString(2))) {
                        found.add(inWords("the default collation", database, row.getString(1), row.getString(2)));
                    }
                }
            }
            try (ResultSet row = statement.executeQuery(USED)) {
                while (row.next()) {
                    String here = versionHere(connection, row.getLong(1));
                    if (!row.getString(3).equals(here)) {
                        found.add(inWords("collation " + row.getString(2), database, row.getString(3), here));
                    }
                }
            }
        }
        return found;
    }

    /** A locale that this machine does not have is an error to the server. */
    private static String versionHere(Connection connection, long collation) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("SELECT pg_collation_actual_version(?::oid)")) {
            ask.setLong(1, collation);
            try (ResultSet row = ask.executeQuery()) {
                return row.next() ? String.valueOf(row.getString(1)) : "missing";
            }
        } catch (SQLException e) {
            if (!BreakOff.isStatement(e) && !"XX000".equals(e.getSQLState()) && !"58P01".equals(e.getSQLState())) {
                throw e;
            }
            return "missing";
        }
    }

    private static String inWords(String collation, String database, String source, String here) {
        return collation + " of database " + database + " is of version " + source + " on the source and " + here
                + " here: indexes sorted by it cannot be judged here";
    }
}
