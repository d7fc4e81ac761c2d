package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
