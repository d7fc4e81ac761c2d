package dev.pitrproof.wal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A PostgreSQL 15 server of the test's own, from the binaries on this machine, with a directory that goes when it closes. */
public final class LocalPostgres implements AutoCloseable {

    private static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");
    private static final int PORT = 5432; // only names the socket: nothing listens on the network

    private final Path directory;
    private final Path data;

    private LocalPostgres(Path directory, Path data) {
        this.directory = directory;
        this.data = data;
    }

    /** Skips the test where there is no PostgreSQL 15, except in CI, where its absence must not look like success. */
    public static void assumeInstalled() {
        boolean installed = Files.isExecutable(BINARIES.resolve("pg_waldump"));
        if (!installed && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("PostgreSQL 15 is not in " + BINARIES + ": expected it in CI");
        }
        assumeTrue(installed, "PostgreSQL 15 is not in " + BINARIES);
    }

    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** A directory that the server's user owns and everybody may look into. */
    static Path createDirectory(String prefix) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(prefix);
        give(directory);
        run(directory, "", "chmod", "755", ".");
        return directory;
    }

    /** Hands a file or a tree to the server's user. */
    static void give(Path path) throws IOException, InterruptedException {
        if (isRoot()) {
            run0(Path.of("/"), "", List.of("chown", "-R", "65534:65534", path.toString()));
        }
    }

    static LocalPostgres initialize(Path directory, Map<String, String> settings)
            throws IOException, InterruptedException {
        LocalPostgres server = new LocalPostgres(directory, directory.resolve("data"));
        run(
                directory,
                "",
                tool("initdb"),
                "-D",
                "data",
                "-U",
                "postgres",
                "--wal-segsize=1",
                "-k",
                "-A",
                "trust",
                "-N");
        server.configure(settings);
        return server;
    }

    /** A copy of this running server, taken by pg_basebackup, without WAL. */
    LocalPostgres copy(String name) throws IOException, InterruptedException {
        Path copy = directory.resolve(name);
        run(
                directory,
                "",
                tool("pg_basebackup"),
                "-h",
                directory.toString(),
                "-p",
                "" + PORT,
                "-U",
                "postgres",
                "-D",
                copy.toString(),
                "-X",
                "none",
                "-c",
                "fast",
                "-N");
        return new LocalPostgres(directory, copy);
    }

    void configure(Map<String, String> settings) throws IOException {
        StringBuilder text = new StringBuilder("listen_addresses = ''\nport = " + PORT + "\nfsync = off\n");
        text.append("unix_socket_directories = '").append(directory).append("'\n");
        settings.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n"));
        Files.writeString(data.resolve("postgresql.conf"), text, StandardOpenOption.APPEND);
    }

    void start() throws IOException, InterruptedException {
        run(directory, "", tool("pg_ctl"), "-D", data.toString(), "-l", data + ".log", "-w", "start");
    }

    /** Waits for the end of recovery. */
    void awaitPromotion() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> sql("SELECT pg_is_in_recovery()").strip().equals("f"));
    }

    /** Stops the server if it still runs. */
    @Override
    public void close() throws IOException {
        try {
            if (Files.exists(data.resolve("postmaster.pid"))) {
                stop("immediate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(String mode) throws IOException, InterruptedException {
        run(directory, "", tool("pg_ctl"), "-D", data.toString(), "-m", mode, "-w", "stop");
    }

    /** Runs statements in one session and returns what they print. */
    String sql(String script) throws IOException, InterruptedException {
        return run(
                directory,
                script,
                tool("psql"),
                "-h",
                directory.toString(),
                "-p",
                "" + PORT,
                "-U",
                "postgres",
                "-qAtX",
                "-v",
                "ON_ERROR_STOP=1",
                "postgres");
    }

    Path data() {
        return data;
    }

    static String waldump(Path archive, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tool("pg_waldump"), "-p", archive.toString()));
        command.addAll(List.of(arguments));
        // it ends with an error where the archive ends; what it printed is compared
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("TZ", "UTC");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static String tool(String name) {
        return BINARIES.resolve(name).toString();
    }

    /** Runs a command as the server's user, which may not be root. */
    static String run(Path directory, String input, String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>();
        if (isRoot()) {
            whole.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        whole.addAll(List.of(command));
        return run0(directory, input, whole);
    }

    private static String run0(Path directory, String input, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile()) // a file: a server started here would hold a pipe open
                .start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        int code = process.waitFor();
        String text = Files.readString(output);
        Files.delete(output);
        if (code != 0) {
            throw new IOException("exit code " + code + " of " + command + ": " + text);
        }
        return text;
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
