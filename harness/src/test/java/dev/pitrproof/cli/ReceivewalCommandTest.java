package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.ArchiveScan;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivewalCommandTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    /** For what is no WAL. */
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path elsewhere;

    private LocalServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = LocalServer.start();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    private List<String> arguments(String... further) {
        List<String> arguments =
                new ArrayList<>(List.of("-h" + server.socketDirectory(), "-p" + server.port(), "-Upostgres"));
        arguments.addAll(Arrays.asList(further));
        return arguments;
    }

    private int receivewal(String... further) {
        return new picocli.CommandLine(new ReceivewalCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments(further).toArray(String[]::new));
    }

    /** The program as a process of its own, of which one may get rid. */
    private Process start(String... further) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.pitrproof.cli.Main",
                "receivewal"));
        command.addAll(arguments(further));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(elsewhere.resolve("receivewal.err").toFile())
                .start();
    }

    private Lsn write(String table) {
        server.sql("CREATE TABLE " + table + " AS SELECT g FROM generate_series(1, 60000) g");
        return Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** What the archive says is wrong with it, and how many commits it holds. */
    private record Scanned(List<String> problems, long commits) {}

    private Scanned scan() throws IOException {
        List<String> problems = new ArrayList<>();
        List<WalRecord> commits = new ArrayList<>();
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            ArchiveScan.scan(archive, new ArchiveScan.Observer() {
                @Override
                public boolean record(WalRecord record) {
                    if (record.entry() instanceof WalEntry.TransactionEnd end
                            && end.kind().commits()) {
                        commits.add(record);
                    }
                    return true;
                }

                @Override
                public void problem(String message) {
                    problems.add(message);
                }
            });
        }
        return new Scanned(problems, commits.size());
    }

    @ParameterizedTest
    @CsvSource({"none,''", "gzip:1,.gz", "lz4,.lz4", "zstd,.zst"})
    void receivesUpToThePositionAskedFor(String compression, String suffix) throws IOException {
        assertThat(receivewal("--create-slot", "-Sone")).isZero();
        Lsn end = write("t");

        assertThat(receivewal("-D" + directory, "-Sone", "-E" + end, "-Z" + compression, "-v"))
                .isZero();

        assertThat(err.toString()).contains("starting log streaming at ");
        assertThat(names()).hasSizeGreaterThan(2).last().asString().endsWith(".partial");
        assertThat(names().subList(0, names().size() - 1)).allMatch(name -> name.matches("[0-9A-F]{24}" + suffix));
        Scanned scanned = scan();
        assertThat(scanned.problems()).isEmpty();
        assertThat(scanned.commits()).isPositive();
        assertThat(receivewal("--drop-slot", "-Sone")).isZero();
        assertThat(server.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("0");
    }

    @Test
    void goesOnWhenTheServerIsBackAndWhenItWasKilledItself() throws Exception {
        assertThat(receivewal("--create-slot", "-Sone")).isZero();
        write("before");
        Process first = start("-D" + directory, "-Sone", "--synchronous");
        try {
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> names().size() > 2);
            server.stop("immediate");
            server.startAgain();
            write("between");
            int sofar = names().size();
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> names().size() > sofar);
        } finally {
            first.destroyForcibly().waitFor();
        }
        Lsn end = write("after");
        Awaitility.await().atMost(LONG_ENOUGH).until(() -> server.query(
                        "SELECT NOT bool_or(active) FROM pg_replication_slots")
                .equals("t"));

        assertThat(receivewal("-D" + directory, "-Sone", "-E" + end)).isZero();

        Scanned scanned = scan();
        assertThat(scanned.problems()).isEmpty();
        assertThat(scanned.commits()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void keepsWhatItHasWhenItIsToldToEnd() throws Exception {
        Process process = start("-D" + directory, "--synchronous");
        try {
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> server.query("SELECT count(*) FROM pg_stat_replication")
                    .equals("1"));
            Lsn end = write("t");
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> server.query(
                            "SELECT flush_lsn >= '" + end + "' FROM pg_stat_replication")
                    .equals("t"));
        } finally {
            process.destroy();
        }

        assertThat(process.waitFor()).isEqualTo(143);
        Scanned scanned = scan();
        assertThat(scanned.problems()).isEmpty();
        assertThat(scanned.commits()).isPositive();
    }

    @Test
    void doesNotGoOnBehindWalThatTheServerHasRemoved() throws IOException {
        Lsn end = write("t");
        assertThat(receivewal("-D" + directory, "-E" + end)).isZero();
        write("unseen");
        server.sql("SELECT pg_switch_wal()", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT");

        assertThat(receivewal("-D" + directory)).isEqualTo(3);

        assertThat(err.toString())
                .contains("pitrproof: error: ERROR: requested WAL segment ")
                .contains("removed")
                .contains("\nHINT: what was received before stays good; go on in an empty directory");
    }

    @Test
    void refusesADirectoryWithWalOfAnotherCluster() throws IOException {
        assertThat(receivewal("-D" + directory, "-E" + write("t"))).isZero();
        List<String> before = names();
        server.close();
        server = LocalServer.start();

        assertThat(receivewal("-D" + directory, "-E" + write("t"))).isEqualTo(3);

        assertThat(err.toString())
                .contains("pitrproof: error: the server's system identifier is ")
                .contains("HINT: receive each cluster's WAL into a place of its own");
        assertThat(names()).isEqualTo(before);
    }

    /** On a terminal, which {@code script} makes, and without a password anywhere. */
    @Test
    void asksForThePasswordAsPostgresOwnClientsDo() throws Exception {
        Path said = elsewhere.resolve("said");
        String program = Path.of(System.getProperty("java.home"), "bin", "java") + " -cp "
                + System.getProperty("java.class.path") + " dev.pitrproof.cli.Main receivewal --create-slot -Sone"
                + " -h127.0.0.1 -p" + server.port() + " -Upostgres";
        ProcessBuilder terminal = new ProcessBuilder("script", "-qec", program, "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        terminal.environment().keySet().removeIf(name -> name.startsWith("PG"));
        terminal.environment().put("PGPASSFILE", "/dev/null");
        Process process = terminal.start();
        try {
            Awaitility.await()
                    .atMost(LONG_ENOUGH)
                    .until(() -> Files.readString(said).contains("Password: ") || !process.isAlive());
            process.outputWriter().append(LocalServer.PASSWORD).append('\n').flush();

            assertThat(process.waitFor()).as(Files.readString(said)).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(server.query("SELECT count(*) FROM pg_replication_slots")).isEqualTo("1");
        assertThat(said).content().doesNotContain(LocalServer.PASSWORD);
    }

    /** What to do is on a line of its own, also while it tries again. */
    @Test
    void saysWhatToDoWhileItTriesAgain() throws Exception {
        assertThat(receivewal("--create-slot", "-Sone")).isZero();
        Process process = start("-D" + directory, "-Sone");
        Path said = elsewhere.resolve("receivewal.err");
        try {
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> server.query(
                            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                    .equals("1"));
            server.sql("ALTER SYSTEM SET max_wal_senders = 0");
            server.stop("fast");
            server.startAgain();
            Awaitility.await()
                    .atMost(LONG_ENOUGH)
                    .untilAsserted(() -> assertThat(said).content().contains("max_wal_senders (currently 0)"));
        } finally {
            process.destroy();
        }

        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(Files.readAllLines(said))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("pitrproof: warning: disconnected: ")
                        .endsWith("max_wal_senders (currently 0); trying again in 5 s"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("HINT: raise max_wal_senders on the server, which needs wal_level = replica"));
    }

    @Test
    void endsWhenThePasswordIsAnotherOne() {
        int exitCode = new picocli.CommandLine(new ReceivewalCommand())
                .setErr(new PrintWriter(err, true))
                .execute("-dhost=127.0.0.1 port=" + server.port() + " user=postgres password=wrong", "-D" + directory);

        assertThat(exitCode).isEqualTo(3);

        assertThat(err.toString())
                .contains("FATAL: password authentication failed for user \"postgres\"\nHINT: the password comes from");
    }

    @Test
    void endsWhenTheSlotIsNotThere() {
        assertThat(receivewal("-D" + directory, "-Snone")).isEqualTo(3);
        assertThat(err.toString())
                .contains("pitrproof: error: replication slot \"none\" does not exist")
                .contains("HINT: create it with --create-slot");
    }
}
