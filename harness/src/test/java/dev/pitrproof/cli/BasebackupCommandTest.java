package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BasebackupCommandTest {

    private final StringWriter err = new StringWriter();
    private static LocalServer server;
    private Path target;

    @BeforeAll
    static void startServer() throws IOException {
        server = LocalServer.start();
    }

    @BeforeEach
    void nameTarget(TestInfo test) {
        target = server.newPath(test.getTestMethod().orElseThrow().getName());
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    /** Runs the command against the server's unix socket; clustered options as people type them. */
    private int basebackup(String... further) {
        List<String> arguments = new ArrayList<>(
                List.of("-h" + server.socketDirectory(), "-p" + server.port(), "-Upostgres", "-cfast", "-N"));
        arguments.addAll(Arrays.asList(further));
        return new CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    @Test
    void takesABackupAndSaysHowFarItIs() throws IOException {
        int exitCode = basebackup("-D" + target, "-Fp", "-Xs", "-Pv");

        assertThat(err.toString()).contains("(50%)").contains("(100%)").contains("write-ahead log start point: ");
        assertThat(exitCode).isZero();
        assertThat(server.verifyBackup(target)).contains("backup successfully verified");
    }

    @Test
    void saysNothingWhenAllIsWellAndNobodyAsked() {
        assertThat(basebackup("-D", target.toString())).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void tellsAProgramOfTheBackupAndWhatItDidToTheServer() {
        StringWriter out = new StringWriter();
        int exitCode = new CommandLine(new BasebackupCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(
                        "-h" + server.socketDirectory(),
                        "-p" + server.port(),
                        "-Upostgres",
                        "-cfast",
                        "-N",
                        "-v",
                        "--json",
                        "-D" + target);

        assertThat(exitCode).isZero();
        assertThat(out.toString().lines()).hasSize(1);
        JsonNode line = JsonMapper.builder().build().readTree(out.toString());
        assertThat(line.get("event").asString()).isEqualTo("basebackup");
        assertThat(line.get("sound").asBoolean()).isTrue();
        assertThat(line.get("impact").get("bytes").asLong()).isGreaterThan(20_000_000);
        assertThat(line.get("impact")
                        .get("notMeasured")
                        .get("archiverBacklogSegments")
                        .asString())
                .isEqualTo("archive_mode is off");
        assertThat(err.toString())
                .contains("pitrproof: impact on the server: waited ")
                .contains("not measured: archiver's backlog, age of that backlog, archiver's latest attempt"
                        + " (archive_mode is off)");
    }

    @Test
    void refusesJsonBesideABackupOnStandardOutput() {
        assertThat(basebackup("-D-", "-Ft", "-Xfetch", "--json")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("pitrproof: error: --json contradicts a backup that goes to standard output");
    }

    @Test
    void refusesADirectoryThatHoldsSomething() throws IOException {
        Files.createDirectory(target);
        Path mine = Files.writeString(target.resolve("mine"), "not yours");

        int exitCode = basebackup("-D", target.toString());

        assertThat(err.toString())
                .startsWith("pitrproof: error: directory \"" + target + "\" exists but is not empty")
                .contains("HINT: ");
        assertThat(exitCode).isEqualTo(2);
        assertThat(mine).hasContent("not yours");
    }

    @Test
    void saysThatThePasswordIsWrongAndWhereItCameFrom() {
        int exitCode = new CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute(
                        "-D" + target,
                        "-w",
                        "-d",
                        "host=127.0.0.1 port=" + server.port() + " user=postgres password='battery staple'");

        assertThat(err.toString().lines())
                .containsExactly(
                        "pitrproof: error: connection to server at \"127.0.0.1\", port " + server.port()
                                + " failed: FATAL: password authentication failed for user \"postgres\"",
                        "HINT: the password comes from -W, -d, PGPASSWORD, or the line of ~/.pgpass for the database"
                                + " \"replication\": give the one that the role has now");
        assertThat(exitCode).isEqualTo(3);
        assertThat(target).doesNotExist();
    }

    @Test
    void takesAConnectionUri() throws IOException {
        int exitCode = new CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute(
                        "-D" + target,
                        "-cfast",
                        "-N",
                        "-d",
                        "postgresql://postgres:" + LocalServer.PASSWORD.replace(" ", "%20") + "@127.0.0.1:"
                                + server.port() + "/?sslmode=require");

        assertThat(err.toString()).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(server.verifyBackup(target)).contains("backup successfully verified");
    }

    @Test
    void emptiesAGivenDirectoryAgainWhenItFails() throws Exception {
        Files.createDirectory(target);
        int exitCode = basebackup("-D", target.toString(), "-S", "no_such_slot");

        assertThat(err.toString()).contains("replication slot \"no_such_slot\" does not exist");
        assertThat(exitCode).isEqualTo(3);
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void usesASlotThatItIsToldToCreate() {
        assertThat(basebackup("-D", target.toString(), "-C", "-S", "for_backups"))
                .isZero();
        assertThat(server.query("SELECT slot_name FROM pg_replication_slots")).isEqualTo("for_backups");
    }

    @Test
    void putsTheWalElsewhere() throws IOException {
        Path walDirectory = server.newPath("wal");
        assertThat(basebackup("-D", target.toString(), "--waldir", walDirectory.toString()))
                .isZero();

        assertThat(target.resolve("pg_wal")).isSymbolicLink();
        assertThat(walDirectory).isNotEmptyDirectory();
        assertThat(server.verifyBackup(target)).contains("backup successfully verified");
    }

    @Test
    void neverTellsAnybodyToRemoveATablespaceInUse() throws IOException {
        Path onServer = server.createDirectory("tablespace");
        server.sql("CREATE TABLESPACE elsewhere LOCATION '" + onServer + "'");
        try {
            int exitCode = basebackup("-D", target.toString());

            assertThat(err.toString())
                    .startsWith("pitrproof: error: directory \"" + onServer + "\" exists but is not empty\nHINT: ")
                    .contains("--tablespace-mapping=" + onServer + "=NEWDIR")
                    .doesNotContain("remove");
            assertThat(exitCode).isEqualTo(2);
            assertThat(onServer).isNotEmptyDirectory();
            assertThat(target).doesNotExist();
        } finally {
            server.sql("DROP TABLESPACE elsewhere");
        }
    }
}
