package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a server from giving a backup: each is said in a line, and how to mend it in another. */
class BasebackupPreconditionsTest {

    private static LocalServer server;

    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @BeforeAll
    static void startServer() throws IOException {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private int basebackup(String... further) {
        Path target = directory.resolve("backup");
        List<String> arguments = new ArrayList<>(
                List.of("-h" + server.socketDirectory(), "-p" + server.port(), "-cfast", "-N", "-D" + target));
        arguments.addAll(Arrays.asList(further));
        int exitCode = new picocli.CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(target).doesNotExist();
        return exitCode;
    }

    private void assertSaid(int exitCode, String what, String hint) {
        assertThat(err.toString())
                .startsWith("pitrproof: error: ")
                .contains(what)
                .contains("\nHINT: " + hint)
                .doesNotContain("\tat ");
        assertThat(exitCode).isEqualTo(3);
    }

    @Test
    void aRoleThatMayNotReplicate() {
        server.sql("CREATE ROLE nobody LOGIN");
        assertSaid(basebackup("-Unobody"), "replication", "connect as a role that may replicate, or let this one");
    }

    @Test
    void noLineInPgHba() throws IOException {
        Path file = server.dataDirectory().resolve("pg_hba.conf");
        String before = Files.readString(file);
        try {
            Files.writeString(file, "local all postgres trust\nlocal replication somebody_else trust\n");
            reload();
            assertSaid(
                    basebackup("-Upostgres"),
                    "pg_hba.conf",
                    "add a line for the database \"replication\" to the server's pg_hba.conf");
        } finally {
            Files.writeString(file, before);
            reload();
        }
    }

    @Test
    void onlyEncryptedConnections() throws IOException {
        Path file = server.dataDirectory().resolve("pg_hba.conf");
        String before = Files.readString(file);
        try {
            Files.writeString(
                    file, "local all postgres trust\nhostssl replication postgres 127.0.0.1/32 scram-sha-256\n");
            reload();
            int exitCode = new picocli.CommandLine(new BasebackupCommand())
                    .setErr(new PrintWriter(err, true))
                    .execute(
                            "-dhost=127.0.0.1 port=" + server.port() + " user=postgres password=x sslmode=disable",
                            "-D" + directory.resolve("backup"));
            assertSaid(
                    exitCode,
                    "no encryption",
                    "add a line for the database \"replication\" to the server's pg_hba.conf, such as \"host"
                            + " replication ROLE ADDRESS scram-sha-256\", and reload it (SELECT pg_reload_conf()); if"
                            + " there is a hostssl line, sslmode=require");
        } finally {
            Files.writeString(file, before);
            reload();
        }
    }

    private static void reload() {
        String loaded = server.query("SELECT pg_conf_load_time()");
        server.sql("SELECT pg_reload_conf()");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !server.query("SELECT pg_conf_load_time()")
                .equals(loaded));
    }

    @Test
    void noFreeWalsender() throws IOException {
        server.sql("ALTER SYSTEM SET max_wal_senders = 1");
        server.stop("fast");
        server.startAgain();
        try {
            assertSaid(basebackup("-Upostgres"), "max_wal_senders", "raise max_wal_senders on the server");
        } finally {
            server.sql("ALTER SYSTEM RESET max_wal_senders");
            server.stop("fast");
            server.startAgain();
        }
    }

    private Path emptyDirectory(String mode) throws IOException {
        Path target = Files.createDirectory(directory.resolve("given"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(mode));
        return target;
    }

    private int into(Path target, String... further) {
        List<String> arguments = new ArrayList<>(List.of("-Upostgres", "-D" + target));
        arguments.addAll(Arrays.asList(further));
        List<String> all = new ArrayList<>(List.of("-h" + server.socketDirectory(), "-p" + server.port(), "-cfast"));
        all.addAll(arguments);
        return new picocli.CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    @Test
    void aDirectoryOfAnotherUser() throws IOException {
        assumeTrue(isRoot(), "only root can give a directory away");
        Path target = emptyDirectory("rwx------");
        Files.setAttribute(target, "unix:uid", 65534);

        assertSaid(
                into(target, "-N"),
                "\"" + target + "\" belongs to nobody, and its files would belong to root",
                "run" + " this as nobody, change the directory's owner (chown)");
        assertThat(target).isEmptyDirectory();

        err.getBuffer().setLength(0);
        assertThat(into(target, "-N", "-Ft"))
                .as("of tar files nobody asks whose they are")
                .isZero();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Test
    void aModeOnWhichNoServerStartsIsMendedAndPutBackWhenItFails() throws IOException {
        Path target = emptyDirectory("rwxr-xr-x");

        assertThat(into(target, "-N", "-Snone")).isEqualTo(3);
        assertThat(mode(target)).isEqualTo("rwxr-xr-x");
        assertThat(into(target, "-N")).isZero();
        assertThat(mode(target)).isEqualTo("rwx------");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aDirectoryThatMayNotBeWritten() throws IOException {
        assumeFalse(isRoot(), "modes do not stop root");
        Path target = emptyDirectory("r-xr-xr-x");
        try {
            assertSaid(into(target), "\"" + target + "\" cannot be written to: it belongs to ", "let the user ");
            err.getBuffer().setLength(0);
            assertSaid(into(target.resolve("below")), "could not make a directory in \"" + target, "let the user ");
        } finally {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aFileSystemThatIsReadOnly() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(emptyDirectory("rwx------"), "ro,size=1m")) {
            assertSaid(into(disk.path()), "cannot be written to: its file system is read-only", "mount it read-write");
            err.getBuffer().setLength(0);
            assertSaid(
                    into(disk.path().resolve("below/it")),
                    "could not make a directory in \"" + disk.path() + "\": Read-only file system",
                    "let the user ");
        }
    }

    @Test
    void tooSmallADiskForWhatTheServerExpects() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(emptyDirectory("rwx------"), "size=9m")) {
            for (String format : List.of("-Fp", "-Ft")) {
                err.getBuffer().setLength(0);
                assertSaid(
                        into(disk.path().resolve("backup"), format),
                        "not enough space for \"" + disk.path(),
                        "free space there, or name another directory");
                // of 9 MB, less what the receiver has written by then: a segment of 1 MB at most
                assertThat(err.toString())
                        .containsPattern("the server expects \\d+\\.\\d MB, and [89]\\.\\d MB are free");
                assertThat(disk.path()).isEmptyDirectory();
            }
            err.getBuffer().setLength(0);
            assertThat(into(disk.path().resolve("backup"), "-Ft", "-Zgzip:9"))
                    .as("nobody knows how small it gets: " + err)
                    .isZero();
        }
    }

    @Test
    void tooSmallADiskForATablespace() throws Exception {
        Path onServer = server.createDirectory("space");
        server.sql(
                "CREATE TABLESPACE elsewhere LOCATION '" + onServer + "'",
                "CREATE TABLE large TABLESPACE elsewhere AS SELECT repeat('x', 100) FROM generate_series(1, 20000)");
        try (SmallDisk disk = SmallDisk.mount(emptyDirectory("rwx------"), "size=1m")) {
            Path here = disk.path().resolve("here");
            assertSaid(
                    basebackup("-Upostgres", "-T" + onServer + "=" + here),
                    "not enough space for \"" + here + "\"",
                    "free space there");
            assertThat(disk.path()).isEmptyDirectory();

            disk.growTo("16m");
            Path target = directory.resolve("fits");
            assertThat(into(target, "-N", "-T" + onServer + "=" + here)).isZero();
        } finally {
            server.sql("DROP TABLE large", "DROP TABLESPACE elsewhere");
        }
    }
}
