package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a site has that knows pg_basebackup and archive_command, and not pitrproof: two backups by PostgreSQL's own tool,
 * and the WAL of a day in which a table was dropped. The server is gone.
 *
 * @param plain in plain format, with a tablespace
 * @param tar the same cluster in tar format, compressed
 * @param fromStandby in plain format, taken from a standby
 * @param good a time right before the table was dropped
 * @param dropXid the transaction that dropped it
 */
record StockBackups(
        LocalServer server, Path plain, Path tar, Path fromStandby, Path archive, Instant good, long dropXid)
        implements AutoCloseable {

    /** What {@code prove} says, in processes; the output goes into {@code scratch/out}. */
    static Outcome prove(Path scratch, String... options) {
        List<String> all = new ArrayList<>(List.of("prove", "--sandbox=process", "--output=" + scratch.resolve("out")));
        all.addAll(List.of(options));
        return Outcome.of(all);
    }

    String archiveOption() {
        return "--archive=" + archive;
    }

    /** The target before the table was dropped. */
    String goodOption() {
        return "--target-time=" + good;
    }

    static StockBackups make() throws IOException {
        LocalServer server = LocalServer.start();
        try {
            return make(server);
        } catch (IOException | RuntimeException | AssertionError e) {
            server.close();
            throw e;
        }
    }

    private static StockBackups make(LocalServer server) throws IOException {
        Path archive = server.createDirectory("archive");
        Path place = server.createDirectory("tablespace");
        Path plain = server.newPath("plain");
        Path tar = server.newPath("tar");
        server.sql(
                "ALTER SYSTEM SET archive_mode = 'on'",
                "ALTER SYSTEM SET archive_command = 'cp %p " + archive + "/%f'");
        server.stop("fast");
        server.startAgain();
        server.sql(
                "CREATE ROLE clerk LOGIN",
                "CREATE TABLESPACE elsewhere LOCATION '" + place + "'",
                "CREATE TABLE orders (id int PRIMARY KEY, what text) TABLESPACE elsewhere",
                "INSERT INTO orders SELECT g, repeat(md5(g::text), 3) FROM generate_series(1, 5000) g");
        backup(server, plain, "-Fp", "-T" + place + "=" + server.newPath("plain-tablespace"), "-lnightly");
        backup(server, tar, "-Ft", "-z", "-lin tar");
        Path fromStandby = server.newPath("from-standby");
        backUpStandby(server, place, fromStandby);
        for (int i = 1; i <= 5; i++) {
            server.sql("INSERT INTO orders VALUES (-" + i + ", 'today')");
        }
        Instant good = Instant.parse(server.query(
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
        long drop = Long.parseLong(server.query("SELECT pg_snapshot_xmax(pg_current_snapshot())"));
        server.sql("DROP TABLE orders", "CREATE TABLE ids (id int)", "INSERT INTO ids SELECT generate_series(1, 1000)");
        // an index that disagrees with its table, as a bug or a bad disk may leave one
        server.sql(
                "CREATE FUNCTION key(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
                "CREATE INDEX lies ON ids (key(id))",
                "CREATE OR REPLACE FUNCTION key(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 5000'",
                "SELECT pg_switch_wal()",
                "INSERT INTO ids VALUES (0)");
        server.stop("fast");
        return new StockBackups(server, plain, tar, fromStandby, archive, good, drop);
    }

    private static void backup(LocalServer server, Path into, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                LocalServer.binaries().resolve("pg_basebackup").toString(),
                "-h" + server.socketDirectory(),
                "-p" + server.port(),
                "-Upostgres",
                "-cfast",
                "-D" + into));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor()).as(said).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void backUpStandby(LocalServer primary, Path place, Path into) throws IOException {
        Path data = primary.newPath("standby");
        backup(primary, data, "-Fp", "-R", "-T" + place + "=" + primary.newPath("standby-tablespace"));
        primary.handOver(primary.newPath("standby-tablespace"));
        try (LocalServer standby = primary.startOn(data)) {
            backup(
                    standby,
                    into,
                    "-Fp",
                    "-lof a standby",
                    "-T" + primary.newPath("standby-tablespace") + "=" + primary.newPath("of-standby-tablespace"));
        }
    }

    /** A copy to damage; its tablespace stays shared. */
    static Path copy(Path directory, Path into) throws IOException {
        try (var all = Files.walk(directory)) {
            for (Path each : all.toList()) {
                Path to = into.resolve(directory.relativize(each).toString());
                if (Files.isSymbolicLink(each)) {
                    Files.createSymbolicLink(to, Files.readSymbolicLink(each));
                } else if (Files.isDirectory(each)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(each, to);
                }
            }
        }
        return into;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
