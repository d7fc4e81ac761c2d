package dev.pitrproof.find;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.CatalogQuery;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.wal.RelationNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A real source with an archive and a base backup, and what was done to it since. */
public final class DamagedSource implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** There before the backup. */
    private static final String SETUP = """
            CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL, note text);
            INSERT INTO accounts SELECT g, 100 FROM generate_series(1, 1000) g;
            CREATE TABLE kept (a int PRIMARY KEY, note text);
            INSERT INTO kept SELECT generate_series(1, 100);
            CREATE TABLE emptied (a int PRIMARY KEY, note text);
            INSERT INTO emptied VALUES (1);
            CREATE SCHEMA sales;
            CREATE VIEW sales.rich AS SELECT * FROM accounts WHERE balance > 1000;
            CREATE MATERIALIZED VIEW sales.totals AS SELECT sum(balance) FROM accounts;
            CREATE SEQUENCE numbers;
            VACUUM FULL kept;
            CREATE DATABASE shop
            """;

    /** The story of scenarios/dropped-table.yaml, in short. */
    public static final String DROPPED_TABLE = """
            UPDATE accounts SET balance = 90 WHERE id = 1;
            UPDATE accounts SET balance = 110 WHERE id = 2;
            INSERT INTO kept VALUES (1001);
            DROP TABLE accounts CASCADE;
            INSERT INTO kept VALUES (1002);
            INSERT INTO kept VALUES (1003)
            """;

    /** What a server does all day and nobody misses. */
    public static final String NO_DAMAGE = """
            UPDATE accounts SET balance = 90 WHERE id = 1;
            VACUUM FULL kept;
            CLUSTER kept USING kept_pkey;
            REINDEX TABLE kept;
            REFRESH MATERIALIZED VIEW sales.totals;
            ALTER TABLE kept ALTER a TYPE bigint;
            ALTER SEQUENCE numbers RESTART;
            CREATE TEMPORARY TABLE passing (a int PRIMARY KEY);
            DROP TABLE passing;
            BEGIN;
            DROP TABLE accounts CASCADE;
            ROLLBACK
            """;

    private final Sandbox sandbox;
    private final Path archive;
    private final BaseBackup backup;
    private final RelationNames namesAtBackup;
    private final List<String> xids;

    private DamagedSource(
            Sandbox sandbox, Path archive, BaseBackup backup, RelationNames namesAtBackup, List<String> xids) {
        this.sandbox = sandbox;
        this.archive = archive;
        this.backup = backup;
        this.namesAtBackup = namesAtBackup;
        this.xids = xids;
    }

    /** Who drops a table takes a while to commit, and others go on. */
    public static final String DROP_IN_PROGRESS = """
            INSERT INTO kept VALUES (1000);
            /* other */ BEGIN;
            /* other */ DROP TABLE accounts CASCADE;
            INSERT INTO kept VALUES (1001);
            /* other */ COMMIT;
            INSERT INTO kept VALUES (1002)
            """;

    /**
     * Makes one; each statement of {@code story} is a transaction of its own, unless it says otherwise. Those that begin
     * with {@code /* other *}{@code /} have a connection of their own.
     */
    public static DamagedSource make(int major, String story) throws Exception {
        return make(major, story, Map.of());
    }

    static DamagedSource make(int major, String story, Map<String, String> settings) throws Exception {
        Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}));
        Path scripts = sandbox.createDirectory("archiving");
        Path script = ArchiveScript.writeArchiveScript(scripts);
        sandbox.give(scripts);
        Path archive = sandbox.createDirectory("archive");
        Map<String, String> parameters = new LinkedHashMap<>(settings);
        parameters.put("archive_mode", "on");
        parameters.put("archive_command", ArchiveScript.archiveCommand(script, archive));
        parameters.put("autovacuum", "off");
        try (Cluster source = sandbox.createSource(SourceSettings.of(parameters))) {
            source.awaitReady(PATIENCE);
            try (Connection sql = source.connection().openSql("postgres");
                    Connection other = source.connection().openSql("postgres")) {
                play(sql, other, SETUP);
                BaseBackup backup = BaseBackupTaker.take(
                        source.connection(),
                        BackupRequest.into(sandbox.directory().resolve("nightly"), "nightly")
                                .build(),
                        BackupProgress.SILENT);
                RelationNames names = CatalogQuery.ask(sql);
                List<String> xids = play(sql, other, story);
                Path last = archive.resolve(text(sql, "SELECT pg_walfile_name(pg_switch_wal())"));
                Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(last));
                return new DamagedSource(sandbox, archive, backup, names, xids);
            }
        } catch (Exception e) {
            sandbox.close();
            throw e;
        }
    }

    /** Returns the xid that each statement could have had. */
    private static List<String> play(Connection connection, Connection other, String statements) throws SQLException {
        List<String> xids = new ArrayList<>();
        for (String sql : statements.split(";\n", -1)) {
            xids.add(text(connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"));
            Connection own = sql.startsWith("/* other */") ? other : connection;
            try (Statement statement = own.createStatement()) {
                statement.execute(sql);
            }
        }
        return xids;
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    public Path archive() {
        return archive;
    }

    public BaseBackup backup() {
        return backup;
    }

    /** What the running server said of its relations, right behind the backup. */
    RelationNames namesAtBackup() {
        return namesAtBackup;
    }

    /** The xid of the story's statement of this number, counted from 0; for one that takes a single xid. */
    public String xid(int statement) {
        return xids.get(statement);
    }

    @Override
    public void close() throws IOException {
        sandbox.close();
    }
}
