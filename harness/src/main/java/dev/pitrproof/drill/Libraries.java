package dev.pitrproof.drill;

import dev.pitrproof.proof.FindingCode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The libraries that a database's functions are in, and whether the PostgreSQL of the sandbox has them. One that it lacks
 * says nothing about the backup.
 */
final class Libraries {

    static final String HINT =
            "use a PostgreSQL that has all that the source has: its extensions' libraries, its locales (--image, --pg-bin)";

    /** Looks for the files, and loads none: some libraries refuse to be loaded behind the start of the server. */
    private static final String MISSING = """
            WITH used AS (
                SELECT DISTINCT p.probin,
                       coalesce((SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                                 WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                                   AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'), '') AS extension
                FROM pg_proc p
                JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'c'
                WHERE p.probin IS NOT NULL),
            placed AS (
                SELECT probin, extension,
                       CASE WHEN probin LIKE '$libdir%' THEN c.setting || substr(probin, 8)
                            WHEN probin LIKE '%/%' THEN probin
                            ELSE c.setting || '/' || probin END AS path
                FROM used, pg_config c WHERE c.name = 'PKGLIBDIR')
            SELECT probin, extension
            FROM placed
            WHERE pg_stat_file(path, true) IS NULL AND pg_stat_file(path || '.so', true) IS NULL
            ORDER BY 2, 1""";

    private static final String ALL = "SELECT DISTINCT probin FROM pg_proc p JOIN pg_language l"
            + " ON l.oid = p.prolang AND l.lanname = 'c' WHERE probin IS NOT NULL";

    private Libraries() {}

    /** Names those that are missing; returns them all. */
    static Set<String> check(Connection connection, String database, Consumer<StructureCheck.Trouble> troubles)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(MISSING)) {
                while (row.next()) {
                    String extension = row.getString(2);
                    troubles.accept(new StructureCheck.Trouble(
                            (extension.isEmpty() ? "functions" : "extension " + extension) + " in database " + database,
                            "library " + row.getString(1) + " is not installed in this sandbox",
                            FindingCode.ENGINE_CANNOT_JUDGE,
                            HINT));
                }
            }
            Set<String> all = new TreeSet<>();
            try (ResultSet row = statement.executeQuery(ALL)) {
                while (row.next()) {
                    all.add(row.getString(1));
                }
            }
            return all;
        }
    }

    /**
     * Whether a statement failed for want of a library ({@code internal_load_library} of dfmgr.c): the state is that of a
     * file that is not there, or where the library itself lacks something, whatever the last system call left behind.
     */
    static boolean isMissing(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("could not load library")
                || message.contains("incompatible library")
                || ("58P01".equals(failure.getSQLState()) && message.contains("could not access file"));
    }
}
