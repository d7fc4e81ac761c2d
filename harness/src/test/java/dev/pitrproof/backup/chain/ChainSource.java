package dev.pitrproof.backup.chain;

import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server with a tablespace, a full backup of it and two incremental ones, with all kinds of changes in between. */
final class ChainSource implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Each table's rows, as one number. */
    private static final String ROWS = """
            SELECT string_agg(format('%s %s', t, (xpath('/row/h/text()', query_to_xml(format(
              'SELECT coalesce(sum(hashtextextended(x::text, 7)), 0) AS h FROM %I x', t), false, true, '')))[1]), E'\\n'
              ORDER BY t)
            FROM (SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public') names""";

    private static final String AMCHECK = """
            SELECT count(bt_index_check(c.oid, i.indisunique)) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_am am ON am.oid = c.relam
            WHERE am.amname = 'btree' AND c.relpersistence = 'p' AND i.indisready AND i.indisvalid""";

    private final Sandbox sandbox;
    private final Cluster source;
    private final Path elsewhere;

    private ChainSource(Sandbox sandbox, Cluster source, Path elsewhere) {
        this.sandbox = sandbox;
        this.source = source;
        this.elsewhere = elsewhere;
    }

    static ChainSource start(int major) throws IOException, SQLException {
        return start(ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {})));
    }

    /** The sandbox is closed with it. */
    static ChainSource start(Sandbox sandbox) throws IOException {
        try {
            Path elsewhere = sandbox.createDirectory("elsewhere");
            Cluster source = sandbox.createSource(SourceSettings.of(
                    Map.of("summarize_wal", "on", "allow_in_place_tablespaces", "on", "autovacuum", "off")));
            source.awaitReady(PATIENCE);
            return new ChainSource(sandbox, source, elsewhere);
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /** Takes the whole chain. */
    List<Path> take() throws IOException, SQLException {
        execute(
                "CREATE EXTENSION amcheck",
                "CREATE TABLESPACE far LOCATION '" + elsewhere + "'",
                "CREATE TABLESPACE inside LOCATION ''",
                "CREATE TABLE updated AS SELECT g AS id, repeat('a', 100) AS t FROM generate_series(1, 20000) g",
                "CREATE UNIQUE INDEX ON updated (id)",
                "CREATE TABLE emptied AS SELECT g FROM generate_series(1, 20000) g",
                "CREATE TABLE extended AS SELECT g FROM generate_series(1, 20000) g",
                "CREATE TABLE shrunk AS SELECT g FROM generate_series(1, 40000) g",
                "CREATE TABLE cut_late AS SELECT g FROM generate_series(1, 40000) g",
                "CREATE TABLE dropped AS SELECT g FROM generate_series(1, 20000) g",
                // whose rows are in no backup
                "CREATE SCHEMA apart",
                "CREATE UNLOGGED TABLE apart.fleeting AS SELECT g AS id FROM generate_series(1, 1000) g",
                "CREATE INDEX ON apart.fleeting (id)",
                // with pages that nobody has written to
                "CREATE INDEX ON updated USING hash (id)",
                "CREATE TABLE remote TABLESPACE far AS SELECT g AS id, repeat('r', 50) AS t FROM generate_series(1, 20000) g",
                "CREATE TABLE inner_one TABLESPACE inside AS SELECT g AS id FROM generate_series(1, 20000) g",
                "VACUUM FREEZE");
        Path full = backup("full", null);
        execute(
                "UPDATE updated SET t = 'first' WHERE id BETWEEN 5000 AND 5100",
                "TRUNCATE emptied",
                "INSERT INTO extended SELECT generate_series(1, 30000)",
                "DELETE FROM shrunk WHERE g > 10000",
                "VACUUM (TRUNCATE) shrunk",
                "DROP TABLE dropped",
                "UPDATE remote SET t = 'first' WHERE id = 777",
                "UPDATE inner_one SET id = -id WHERE id = 777",
                "INSERT INTO apart.fleeting SELECT generate_series(1001, 2000)",
                "CREATE TABLE created AS SELECT g FROM generate_series(1, 10000) g");
        Path first = backup("first", full);
        execute(
                "UPDATE updated SET t = 'second' WHERE id = 15000",
                "INSERT INTO emptied SELECT generate_series(1, 1000)",
                "INSERT INTO shrunk SELECT generate_series(1, 5000)",
                "DELETE FROM cut_late WHERE g > 5000",
                "VACUUM (TRUNCATE) cut_late",
                "TRUNCATE apart.fleeting",
                "UPDATE created SET g = -g WHERE g % 5000 = 0",
                "UPDATE remote SET t = 'second' WHERE id = 11111");
        return List.of(full, first, backup("second", first));
    }

    /** A backup with its WAL, of which a server can start by itself. */
    Path backup(String label, @Nullable Path incrementalTo) throws IOException {
        Path target = sandbox.directory().resolve(label);
        Path moved = sandbox.createDirectory(elsewhereOf(target).getFileName().toString());
        BackupRequest.Builder request = BackupRequest.into(target, label)
                .fastCheckpoint(true)
                .sync(false)
                .tablespaceMappings(Map.of(elsewhere, moved));
        if (incrementalTo != null) {
            request.incrementalTo(incrementalTo.resolve(BackupManifest.FILE_NAME));
        }
        BaseBackupTaker.take(source.connection(), request.build(), BackupProgress.SILENT);
        return target;
    }

    String rows() throws SQLException {
        return query(source, ROWS);
    }

    /** The rows that a server finds in a data directory, having checked all B-trees. */
    String rowsIn(Path data, List<Path> tablespaces) throws IOException, SQLException {
        sandbox.give(data);
        for (Path tablespace : tablespaces) {
            sandbox.give(tablespace);
        }
        try (Cluster restored =
                sandbox.start(data, Map.of("allow_in_place_tablespaces", "on"), data.getFileName() + "-run")) {
            restored.awaitReady(PATIENCE);
            query(restored, AMCHECK);
            return query(restored, ROWS);
        }
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = source.connection().openSql("postgres");
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** What a program says that the server runs on its machine, with the rights of its own. */
    String said(String command) throws SQLException {
        execute(
                "DROP TABLE IF EXISTS apart.said",
                "CREATE UNLOGGED TABLE apart.said (line text)",
                "COPY apart.said FROM PROGRAM '" + command.replace("'", "''") + "' (DELIMITER E'\\x01')");
        return query(source, "SELECT coalesce(string_agg(line, E'\\n'), '') FROM apart.said");
    }

    /** Where a backup has the tablespace that lies elsewhere. */
    Path elsewhereOf(Path backup) {
        return sandbox.directory().resolve(backup.getFileName() + "-elsewhere");
    }

    String setting(String name) throws SQLException {
        return query(source, "SHOW " + name);
    }

    private static String query(Cluster cluster, String sql) throws SQLException {
        try (Connection connection = cluster.connection().openSql("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            source.close();
        } finally {
            sandbox.close();
        }
    }
}
