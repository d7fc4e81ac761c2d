package dev.pitrproof.drill;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares the sequences of one database with the columns that they feed. */
final class SequenceCheck {

    /**
     * A sequence, and a column that it belongs to or whose default it is.
     *
     * @param isDescending whether it counts down
     * @param isComparable whether the column's numbers are the sequence's own, and it never begins again
     */
    record Feeding(String sequence, String table, String column, boolean isDescending, boolean isComparable) {}

    private static final String FEEDINGS = """
            SELECT DISTINCT s.oid::regclass::text, t.oid::regclass::text, quote_ident(a.attname), seq.seqincrement < 0,
                   NOT seq.seqcycle AND a.atttypid IN (20, 21, 23, 1700)
                   AND (a.attidentity <> '' OR ad.oid IS NULL
                        OR pg_get_expr(ad.adbin, ad.adrelid) ~ '^nextval\\(''[^'']+''::regclass\\)$')
            FROM (SELECT objid AS sequence, refobjid AS tab, refobjsubid AS col
                  FROM pg_depend
                  WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
                    AND deptype IN ('a', 'i') AND refobjsubid > 0
                  UNION
                  SELECT d.refobjid, ad.adrelid, ad.adnum
                  FROM pg_depend d
                  JOIN pg_attrdef ad ON ad.oid = d.objid
                  WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass) AS feeds
            JOIN pg_sequence seq ON seq.seqrelid = feeds.sequence
            JOIN pg_class s ON s.oid = feeds.sequence
            JOIN pg_class t ON t.oid = feeds.tab AND t.relkind IN ('r', 'p')
            JOIN pg_attribute a ON a.attrelid = feeds.tab AND a.attnum = feeds.col AND NOT a.attisdropped
            LEFT JOIN pg_attrdef ad ON ad.adrelid = feeds.tab AND ad.adnum = feeds.col
            WHERE s.relpersistence <> 't' AND t.relpersistence <> 't'
            ORDER BY 1, 2, 3""";

    private final Connection connection;
    private final String database;

    private SequenceCheck(Connection connection, String database) {
        this.connection = connection;
        this.database = database;
    }

    static SequenceCheck in(Connection connection, String database) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // names come with their schemas; a prepared transaction may hold a lock for ever
            statement.execute("SET search_path = pg_catalog; SET lock_timeout = '10s'; SET statement_timeout = 0");
        }
        return new SequenceCheck(connection, database);
    }

    List<Feeding> feedings() throws SQLException {
        List<Feeding> feedings = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FEEDINGS)) {
            while (row.next()) {
                feedings.add(new Feeding(
                        row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4), row.getBoolean(5)));
            }
        }
        return feedings;
    }

    /** In words, if the sequence will hand out what the column has already. */
    Optional<String> behind(Feeding feeding) throws SQLException {
        String furthest = feeding.isDescending() ? "min" : "max";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT last_value, is_called, (SELECT " + furthest + "("
                        + feeding.column() + ") FROM " + feeding.table() + ") FROM " + feeding.sequence())) {
            row.next();
            BigDecimal column = row.getBigDecimal(3);
            if (column == null) {
                return Optional.empty();
            }
            int ahead = row.getBigDecimal(1).compareTo(column) * (feeding.isDescending() ? -1 : 1);
            boolean isCalled = row.getBoolean(2);
            if (ahead > 0 || (ahead == 0 && isCalled)) {
                return Optional.empty();
            }
            return Optional.of(feeding.sequence() + " in database " + database + " is at " + row.getBigDecimal(1)
                    + (isCalled ? "" : ", not yet used,") + " and " + feeding.table() + "." + feeding.column()
                    + " at " + column);
        }
    }
}
