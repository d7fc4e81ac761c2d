package dev.pitrproof.wal;

import dev.pitrproof.archive.ArchiveScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A WAL archive that a real server wrote, once for all tests: two timelines, with every kind of transaction end.
 *
 * <p>Timeline 1 goes on behind the restore point "fork", where timeline 2 begins.
 */
public final class RecordedWal implements AutoCloseable {

    /** Hands the archive to test methods that ask for it. */
    public static final class Resolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RecordedWal.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            LocalPostgres.assumeInstalled();
            return recorded();
        }
    }

    private static final String EVERY_KIND_OF_END = """
            CREATE TABLE t (id int PRIMARY KEY, v text);
            INSERT INTO t VALUES (1, 'one');
            BEGIN; INSERT INTO t VALUES (2, 'undone'); ROLLBACK;
            BEGIN; INSERT INTO t VALUES (3, 'three'); SAVEPOINT s; INSERT INTO t VALUES (4, 'undone'); ROLLBACK TO s;
            INSERT INTO t VALUES (5, 'five'); COMMIT;
            DO $$ BEGIN FOR i IN 101..180 LOOP BEGIN INSERT INTO t VALUES (i, 'sub'); EXCEPTION WHEN others THEN NULL; END; END LOOP; END $$;
            BEGIN; INSERT INTO t VALUES (6, 'six'); SAVEPOINT s; INSERT INTO t VALUES (7, 'seven');
            PREPARE TRANSACTION 'it''s "two" phases'; COMMIT PREPARED 'it''s "two" phases';
            BEGIN; CREATE TABLE never (a int); PREPARE TRANSACTION 'given up'; ROLLBACK PREPARED 'given up';
            BEGIN; CREATE TABLE undone (a int); INSERT INTO undone VALUES (1); ROLLBACK;
            CREATE TABLE dropped (a int PRIMARY KEY); DROP TABLE dropped;
            CREATE TABLE emptied AS SELECT 1 AS a; TRUNCATE emptied; VACUUM FULL t;
            CREATE TEMPORARY TABLE passing (a int); INSERT INTO passing VALUES (1);
            SELECT pg_replication_origin_create('elsewhere');
            SELECT pg_replication_origin_session_setup('elsewhere');
            BEGIN; SELECT pg_replication_origin_xact_setup('0/123', '2001-02-03 04:05:06+00'); INSERT INTO t VALUES (8, 'eight'); COMMIT;
            BEGIN; SELECT pg_replication_origin_xact_setup('0/124', '2001-02-03 04:05:06+00'); INSERT INTO t VALUES (9, 'nine');
            PREPARE TRANSACTION 'from elsewhere'; COMMIT PREPARED 'from elsewhere';
            """;
    private static final String LARGE_RECORDS = """
            SELECT pg_logical_emit_message(true, 'p', repeat('x', 2500000));
            INSERT INTO t SELECT g, repeat(md5(g::text), 60) FROM generate_series(1000, 9000) g;
            CHECKPOINT;
            UPDATE t SET v = v || 'y' WHERE id % 20 = 0;
            CREATE SCHEMA many;
            DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE many.t%s (a int PRIMARY KEY, b text)', i); END LOOP; END $$;
            SET client_min_messages = error;
            DROP SCHEMA many CASCADE;
            CREATE DATABASE other; DROP DATABASE other;
            SELECT pg_backup_start('by hand', true); SELECT pg_backup_stop(false);
            CREATE INDEX ON t USING gin (to_tsvector('simple', v)); ANALYZE t;
            """;

    private static final String FORK = """
            SELECT pg_create_restore_point('fork');
            INSERT INTO t VALUES (50, 'only on 1'); SELECT pg_switch_wal();
            INSERT INTO t VALUES (51, 'only on 1'); SELECT 'last ' || pg_walfile_name(pg_switch_wal());
            INSERT INTO t VALUES (52, 'behind the archive');
            """;
    private static final String BEHIND_THE_FORK = """
            INSERT INTO t VALUES (60, 'only on 2'); SELECT pg_switch_wal();
            CHECKPOINT;
            INSERT INTO t SELECT g, 'only on 2' FROM generate_series(20000, 30000) g; SELECT pg_switch_wal();
            """;

    private static @Nullable RecordedWal kept;

    private final Path directory;

    private RecordedWal(Path directory) {
        this.directory = directory;
    }

    /** Not by JUnit's store: where several test processes share the classes, each class is a session of its own. */
    private static synchronized RecordedWal recorded() {
        if (kept == null) {
            RecordedWal wal = record();
            kept = wal;
            Runtime.getRuntime().addShutdownHook(new Thread(wal::deleteAtExit));
        }
        return kept;
    }

    private void deleteAtExit() {
        try {
            close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RecordedWal record() {
        try {
            RecordedWal wal = new RecordedWal(LocalPostgres.createDirectory("recorded-wal"));
            try {
                wal.write();
                return wal;
            } catch (IOException | InterruptedException e) {
                wal.close();
                throw e;
            }
        } catch (IOException e) {
            throw new AssertionError("cannot record WAL", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while recording WAL", e);
        }
    }

    private void write() throws IOException, InterruptedException {
        LocalPostgres.run(directory, "", "mkdir", archive().toString());
        Path archiveScript = ArchiveScript.writeArchiveScript(directory);
        Path restoreScript = ArchiveScript.writeRestoreScript(directory);
        LocalPostgres restored;
        try (LocalPostgres source = LocalPostgres.initialize(directory, sourceSettings(archiveScript))) {
            source.start();
            source.sql(EVERY_KIND_OF_END);
            restored = source.copy("restored");
            source.sql(LARGE_RECORDS);
            String printed = source.sql(FORK);
            Path last = archive()
                    .resolve(printed.substring(printed.indexOf("last ") + 5).strip());
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(last));
            source.stop("immediate");
        }
        plan();
        restored.configure(Map.of(
                "restore_command", ArchiveScript.restoreCommand(restoreScript, archive(), planned(), journal()),
                "recovery_target_name", "fork",
                "recovery_target_action", "promote"));
        LocalPostgres.run(directory, "", "touch", restored.data() + "/recovery.signal");
        try (restored) {
            restored.start();
            restored.awaitPromotion();
            restored.sql(BEHIND_THE_FORK);
            restored.stop("fast"); // waits for the archiver
        }
    }

    private void plan() throws IOException, InterruptedException {
        try (Stream<Path> files = Files.list(archive())) {
            Files.writeString(
                    planned(), files.map(file -> file.getFileName() + "\n").collect(Collectors.joining()));
        }
        LocalPostgres.give(planned());
    }

    private Map<String, String> sourceSettings(Path archiveScript) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("wal_level", "logical");
        settings.put("wal_compression", "on");
        settings.put("max_prepared_transactions", "5");
        settings.put("max_locks_per_transaction", "512");
        settings.put("archive_mode", "on");
        settings.put("archive_command", ArchiveScript.archiveCommand(archiveScript, archive()));
        return settings;
    }

    /** The archive; its name has everything a shell or a setting could stumble over. */
    public Path archive() {
        return directory.resolve("it's 100% \"our\" archive");
    }

    /** The {@code pg_wal} of the server that wrote timeline 1, as a crash left it. */
    public Path crashedPgWal() {
        return directory.resolve("data/pg_wal");
    }

    public Path planned() {
        return directory.resolve("planned");
    }

    public Path journal() {
        return directory.resolve("journal");
    }

    @Override
    public void close() throws IOException {
        LocalPostgres.delete(directory);
    }
}
