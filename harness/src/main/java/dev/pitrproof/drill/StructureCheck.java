package dev.pitrproof.drill;

import dev.pitrproof.proof.FindingCode;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Checks relations of one database of a promoted cluster, one at a time, over one connection. */
final class StructureCheck {

    /**
     * A table, materialized view, TOAST table or index.
     *
     * @param name as SQL wants it, with its schema
     * @param kind {@code relkind}
     * @param method its access method: {@code heap}, {@code btree} and so on
     * @param logged whether it is in the WAL; an unlogged one is empty after a recovery
     */
    record Relation(long oid, String name, char kind, String method, boolean logged) {

        /** Whether its rows can be asked for; those of a TOAST table are read with the table that they belong to. */
        boolean isReadable() {
            return kind == 'r' || kind == 'm';
        }

        boolean isHeap() {
            return method.equals("heap") && logged;
        }

        boolean isIndex() {
            return kind == 'i' && logged;
        }
    }

    /**
     * Why a relation is not in order, or nobody can tell.
     *
     * @param where database and relation
     * @param code {@code BACKUP_DAMAGED}, or why it cannot be judged
     * @param hint the next step
     */
    record Trouble(String where, String what, FindingCode code, String hint) {
        boolean isDamage() {
            return code == FindingCode.BACKUP_DAMAGED;
        }
    }

    /** A prepared transaction may hold a lock for ever; triggers of the source have no business here. */
    private static final String SETTINGS = "SET default_transaction_read_only = off; SET lock_timeout = '10s';"
            + " SET statement_timeout = 0; SET session_replication_role = replica; SET row_security = off; SET lc_messages = 'C'";

    private static final String RELATIONS = """
            SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind, coalesce(am.amname, ''),
                   c.relpersistence = 'p'
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_am am ON am.oid = c.relam
            LEFT JOIN pg_index i ON i.indexrelid = c.oid
            WHERE c.relpersistence <> 't'
              AND (c.relkind IN ('r', 'm', 't')
                   OR c.relkind = 'i' AND i.indisready AND i.indisvalid)
              AND (c.relkind <> 'm' OR c.relispopulated)
            ORDER BY pg_relation_size(c.oid) DESC, c.oid""";

    /** Whether the order of an index's keys hangs on a library that may be another one here than on the source. */
    private static final String COLLATIONS_ELSEWHERE = """
            SELECT bool_or(coll.collprovider NOT IN ('c', 'b') OR coll.collcollate NOT IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8'))
            FROM pg_index i
            CROSS JOIN LATERAL unnest(i.indcollation) AS one(oid)
            JOIN pg_collation coll ON coll.oid = one.oid
            WHERE i.indexrelid = ?
              AND (coll.collprovider <> 'd'
                       AND coll.collversion IS DISTINCT FROM pg_collation_actual_version(coll.oid)
                   OR coll.collprovider = 'd' AND
            """;

    private final Connection connection;
    private final String database;
    private @Nullable String amcheck;

    private StructureCheck(Connection connection, String database) {
        this.connection = connection;
        this.database = database;
    }

    static StructureCheck in(Connection connection, String database) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS);
        }
        return new StructureCheck(connection, database);
    }

    List<Relation> relations() throws SQLException {
        List<Relation> relations = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RELATIONS)) {
            while (row.next()) {
                relations.add(new Relation(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3).charAt(0),
                        row.getString(4),
                        row.getBoolean(5)));
            }
        }
        return relations;
    }

    /** Whether amcheck is there now, in a version that knows heaps. */
    boolean installAmcheck(Consumer<Trouble> troubles) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION IF NOT EXISTS amcheck");
            statement.execute("ALTER EXTENSION amcheck UPDATE");
            return true;
        } catch (SQLException e) {
            if (isGone(e)) {
                throw e;
            }
            troubles.accept(new Trouble(
                    "database " + database,
                    "no amcheck: " + BreakOff.inWords(e),
                    FindingCode.ENGINE_CANNOT_JUDGE,
                    "use a PostgreSQL that has its contrib modules: --image, --pg-bin or --sandbox"));
            return false;
        }
    }

    /** Reads every row as {@code COPY} writes it, which also puts its out-of-line values together; returns how many. */
    long read(Relation table, Consumer<Trouble> troubles) throws SQLException {
        String what = table.kind() == 'm' ? "(SELECT * FROM " + table.name() + ")" : table.name();
        try {
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY " + what + " TO STDOUT", OutputStream.nullOutputStream());
        } catch (SQLException e) {
            troubles.accept(trouble(table, e));
        } catch (IOException e) {
            throw new IllegalStateException("nothing was written that could fail", e);
        }
        return 0;
    }

    void heap(Relation heap, Consumer<Trouble> troubles) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("SELECT blkno, offnum, msg FROM " + amcheck()
                + ".verify_heapam(?::oid::regclass) ORDER BY 1, 2 LIMIT 1")) {
            ask.setLong(1, heap.oid());
            try (ResultSet row = ask.executeQuery()) {
                if (row.next()) {
                    troubles.accept(damage(
                            heap, "block " + row.getLong(1) + ", item " + row.getLong(2) + ": " + row.getString(3)));
                }
            }
        } catch (SQLException e) {
            troubles.accept(trouble(heap, e));
        }
    }

    /** Whether amcheck was asked about the index; it knows B-trees, and from PostgreSQL 18 on GIN. */
    boolean index(Relation index, Consumer<Trouble> troubles) throws SQLException {
        String check;
        if (index.method().equals("btree")) {
            check = ".bt_index_parent_check(?::oid::regclass, true)";
        } else if (index.method().equals("gin") && knowsGin()) {
            check = ".gin_index_check(?::oid::regclass)";
        } else {
            return false;
        }
        try (PreparedStatement ask = connection.prepareStatement("SELECT " + amcheck() + check)) {
            ask.setLong(1, index.oid());
            ask.execute();
        } catch (SQLException e) {
            Trouble trouble = trouble(index, e);
            troubles.accept(trouble.isDamage() && isSortedElsewhere(index) ? sortedElsewhere(trouble) : trouble);
        }
        return true;
    }

    private boolean knowsGin() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT to_regprocedure('" + amcheck() + ".gin_index_check(regclass)') IS NOT NULL")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** The schema that amcheck is in. */
    private String amcheck() throws SQLException {
        String schema = amcheck;
        if (schema == null) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT quote_ident(n.nspname) FROM pg_extension e"
                            + " JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'")) {
                row.next();
                schema = row.getString(1);
            }
            amcheck = schema;
        }
        return schema;
    }

    private boolean isSortedElsewhere(Relation index) throws SQLException {
        boolean isRecorded = connection.getMetaData().getDatabaseMajorVersion() >= 15;
        String ofDatabase = isRecorded
                ? "(SELECT datcollate NOT IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') AND datcollversion IS DISTINCT FROM"
                        + " pg_database_collation_actual_version(oid) FROM pg_database WHERE datname = current_database())"
                : "(SELECT datcollate NOT IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') FROM pg_database"
                        + " WHERE datname = current_database())";
        try (PreparedStatement ask = connection.prepareStatement(COLLATIONS_ELSEWHERE + ofDatabase + ")")) {
            ask.setLong(1, index.oid());
            try (ResultSet row = ask.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private Trouble sortedElsewhere(Trouble damage) throws SQLException {
        List<String> collations = Collations.of(connection, database);
        return new Trouble(
                damage.where(),
                damage.what() + "; "
                        + (collations.isEmpty()
                                ? "its collation may be of another version here than on the source"
                                : Excerpt.of(collations)),
                FindingCode.ENGINE_CANNOT_JUDGE,
                "use a PostgreSQL with the source's C library and ICU: --image");
    }

    private Trouble damage(Relation relation, String what) {
        return new Trouble(where(relation), what, FindingCode.BACKUP_DAMAGED, "");
    }

    String where(Relation relation) {
        return (relation.isIndex() ? "index " : "table ") + relation.name() + " in database " + database;
    }

    private Trouble trouble(Relation relation, SQLException e) throws SQLException {
        if (isGone(e)) {
            throw e;
        }
        String found = BreakOff.inWords(e);
        if (!Libraries.isMissing(e) && isDamage(e)) {
            return damage(relation, found);
        }
        boolean isLocked = "55P03".equals(e.getSQLState());
        return new Trouble(
                where(relation),
                found,
                isLocked ? FindingCode.NOTHING_TO_PROVE : FindingCode.ENGINE_CANNOT_JUDGE,
                isLocked
                        ? "a prepared transaction holds the lock: choose a target at which none is open"
                        : Libraries.HINT);
    }

    /** SQLSTATE class XX (data corrupted, index corrupted, internal error), or a file of the cluster that is not there. */
    private static boolean isDamage(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String message = String.valueOf(e.getMessage());
        boolean isFile = state.equals("58P01") || state.equals("58030");
        boolean isOfCluster = Stream.of("base/", "global/", "pg_tblspc/").anyMatch(message::contains);
        return state.startsWith("XX") || (isFile && isOfCluster);
    }

    /** Whether the connection is lost, or the server with it. */
    private static boolean isGone(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }
}
