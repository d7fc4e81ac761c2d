package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.restore.ClusterDatabases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Looks at a promoted cluster for what a clone could do harm with, and for what it lacks by design. Reads only.
 *
 * <p>What it names it names by name alone: connection strings, options and passwords stay where they are.
 */
final class CloneSurvey {

    static final String HARMLESS = "clone-harmless";

    private static final String EXPECTED =
            "archiving is off, no library of the source is preloaded, and no process runs but the server's own";

    /** Processes that every server has, and ours: {@code backend_type} of {@code pg_stat_activity}, 14 to 18. */
    private static final String FOREIGN_PROCESSES = """
            SELECT backend_type, count(*) FROM pg_stat_activity
            WHERE backend_type NOT IN ('client backend', 'parallel worker', 'checkpointer', 'background writer',
                'walwriter', 'autovacuum launcher', 'autovacuum worker', 'walsummarizer', 'io worker', 'startup', 'standalone backend')
            GROUP BY 1 ORDER BY 1""";

    private static final String SUBSCRIPTIONS = "SELECT s.subname, d.datname, s.subenabled FROM pg_subscription s"
            + " JOIN pg_database d ON d.oid = s.subdbid ORDER BY 2, 1";

    private static final String FOREIGN_SERVERS = "SELECT s.srvname, w.fdwname FROM pg_foreign_server s"
            + " JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw ORDER BY 1";

    private static final String UNLOGGED = "SELECT n.nspname || '.' || c.relname FROM pg_class c"
            + " JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE c.relpersistence = 'u' AND c.relkind IN ('r', 'm') ORDER BY 1";

    private final ClusterDatabases restored;
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> isolation = new LinkedHashMap<>();

    CloneSurvey(ClusterDatabases restored) {
        this.restored = restored;
    }

    /** What a reader should know of the cluster and no verdict hangs on, a line each. */
    List<String> notes() {
        return notes;
    }

    /** {@code archiving}, {@code logical-replication}, {@code preloads}: configured, or not enforced. */
    Map<String, String> isolation() {
        return isolation;
    }

    /** Names what is in the databases. */
    void look() throws SQLException {
        try (Connection connection = restored.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SUBSCRIPTIONS)) {
            while (row.next()) {
                notes.add("subscription \"" + row.getString(1) + "\" in database " + row.getString(2) + ", "
                        + (row.getBoolean(3) ? "enabled" : "disabled") + ": nothing applies it here");
            }
        }
        List<String> unlogged = new ArrayList<>();
        for (String database : restored.names()) {
            try (Connection connection = restored.connect(database);
                    Statement statement = connection.createStatement()) {
                look(statement, database, unlogged);
                notes.addAll(Collations.of(connection, database));
            } catch (SQLException e) {
                notes.add("database " + database + " could not be looked at: " + BreakOff.inWords(e));
            }
        }
        if (!unlogged.isEmpty()) {
            notes.add((unlogged.size() == 1 ? "1 unlogged table" : unlogged.size() + " unlogged tables")
                    + ", which every recovery empties: " + Excerpt.of(unlogged));
        }
    }

    private void look(Statement statement, String database, List<String> unlogged) throws SQLException {
        try (ResultSet row = statement.executeQuery(FOREIGN_SERVERS)) {
            while (row.next()) {
                notes.add("foreign server \"" + row.getString(1) + "\" (" + row.getString(2) + ") in database "
                        + database + ": whoever runs this clone with a network can reach it");
            }
        }
        try (ResultSet row = statement.executeQuery(UNLOGGED)) {
            while (row.next()) {
                unlogged.add(row.getString(1) + " in database " + database);
            }
        }
    }

    /** Whether the clone kept quiet; to be asked as late as can be, for workers start when a recovery is over. */
    Claim judge() throws SQLException {
        List<String> violations = new ArrayList<>();
        try (Connection connection = restored.connect();
                Statement statement = connection.createStatement()) {
            setting(statement, "archiving", "archive_mode", "off", violations);
            setting(statement, "logical-replication", "max_logical_replication_workers", "0", violations);
            setting(statement, "preloads", "shared_preload_libraries", "", violations);
            TreeSet<String> processes = new TreeSet<>();
            try (ResultSet row = statement.executeQuery(FOREIGN_PROCESSES)) {
                while (row.next()) {
                    processes.add(row.getString(1));
                }
            }
            processes.forEach(process -> violations.add("a process of type \"" + process + "\" runs"));
        }
        return new Claim(
                HARMLESS,
                violations.isEmpty() ? Verdict.PROVEN : Verdict.REFUTED,
                (violations.isEmpty() ? FindingCode.NO_SIDE_EFFECT : FindingCode.SIDE_EFFECT).name(),
                EXPECTED,
                violations.isEmpty()
                        ? "archive_mode is off, nothing is preloaded, and no process runs but the server's own"
                        : String.join("; ", violations),
                violations.isEmpty() ? null : "find out who gave the restored server these settings",
                List.of("settings and processes of the restored cluster"));
    }

    private void setting(Statement statement, String item, String name, String expected, List<String> violations)
            throws SQLException {
        try (ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            boolean holds = row.getString(1).equals(expected);
            isolation.put(item, holds ? "configured" : "not-enforced");
            if (!holds) {
                violations.add(name + " is \"" + row.getString(1) + "\"");
            }
        }
    }
}
