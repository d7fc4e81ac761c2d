package dev.pitrproof.replication;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;

/**
 * A server of the PostgreSQL installed on this machine, with TLS, in a directory of its own. As root it runs as nobody.
 */
public final class LocalServer implements AutoCloseable {

    public static final String PASSWORD = "correct horse";

    private static final int NOBODY = 65534;
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    private final Path binaries;
    private final Path directory;
    private final Path dataDirectory;
    private final int port;

    private LocalServer(Path binaries, Path directory, Path dataDirectory, int port) {
        this.binaries = binaries;
        this.directory = directory;
        this.dataDirectory = dataDirectory;
        this.port = port;
    }

    /** The newest PostgreSQL in Debian's directories; without one the test is skipped, but fails where CI=true. */
    public static Path binaries() throws IOException {
        Path all = Path.of("/usr/lib/postgresql");
        Optional<Path> newest = Optional.empty();
        if (Files.isDirectory(all)) {
            try (Stream<Path> majors = Files.list(all)) {
                newest = majors.map(major -> major.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                        .max(Comparator.comparing(bin ->
                                Integer.parseInt(all.relativize(bin).getName(0).toString())));
            }
        }
        if (newest.isEmpty() && "true".equals(System.getenv("CI"))) {
            Assertions.fail("no PostgreSQL server under " + all + ": the tests need one");
        }
        assumeTrue(newest.isPresent(), "no PostgreSQL server under " + all);
        return newest.orElseThrow();
    }

    /** A new cluster, with page checksums and WAL segments of 1 MB. Passwords count over TCP only. */
    public static LocalServer start() throws IOException {
        Path binaries = binaries();
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "pitrproof");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        LocalServer server = new LocalServer(binaries, directory, directory.resolve("data"), freePort());
        server.give(directory);
        try {
            server.initialise();
            server.startProcess();
            server.sql("ALTER ROLE postgres PASSWORD '" + PASSWORD + "'");
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** A server on a data directory that has been restored, for example a base backup; it is handed over to nobody. */
    public LocalServer startOn(Path restored) throws IOException {
        give(restored);
        LocalServer server = new LocalServer(
                binaries,
                Files.createDirectory(directory.resolve("run-" + restored.getFileName())),
                restored,
                freePort());
        give(server.directory);
        server.startProcess();
        return server;
    }

    private void initialise() throws IOException {
        run("initdb", "-D", dataDirectory.toString(), "-U", "postgres", "-A", "trust", "-k", "-N", "--wal-segsize=1");
        Files.writeString(dataDirectory.resolve("pg_hba.conf"), """
                local all         all              trust
                local replication all              trust
                host  all         all 127.0.0.1/32 scram-sha-256
                host  replication all 127.0.0.1/32 scram-sha-256
                """);
        makeCertificate();
        Path configuration = dataDirectory.resolve("postgresql.conf");
        Files.writeString(configuration, Files.readString(configuration) + """
                listen_addresses = '127.0.0.1'
                fsync = off
                max_wal_senders = 8
                ssl = on
                lc_messages = 'C'
                log_min_messages = log
                """);
    }

    private void makeCertificate() throws IOException {
        Path key = dataDirectory.resolve("server.key");
        Path certificate = dataDirectory.resolve("server.crt");
        execute(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        give(key);
        give(certificate);
    }

    private void startProcess() throws IOException {
        run(
                "pg_ctl",
                "-D",
                dataDirectory.toString(),
                "-l",
                logFile().toString(),
                "-w",
                "-o",
                "-p " + port + " -k " + directory,
                "start");
    }

    /** Starts after a {@link #stop}. */
    public void startAgain() throws IOException {
        startProcess();
    }

    /** Stops as pg_ctl does: {@code fast} or {@code immediate}. */
    public void stop(String mode) throws IOException {
        run("pg_ctl", "-D", dataDirectory.toString(), "-m", mode, "-w", "stop");
    }

    /** Kills the postmaster, so that it can tell nobody; its children notice by themselves, and end. */
    public void killPostmaster() throws IOException {
        List<String> file = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
        signal("-KILL", file.get(0));
    }

    /** Sends a signal to one of the server's processes. */
    public void signal(String signal, String process) throws IOException {
        execute(List.of("kill", signal, process));
    }

    /** Starts after its postmaster was killed: not before the last of the children is gone. */
    public void startAfterKill() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    startProcess();
                    return true;
                });
    }

    public Path logFile() {
        return directory.resolve("log");
    }

    public Path dataDirectory() {
        return dataDirectory;
    }

    /** A new empty directory that the server may write to. */
    public Path createDirectory(String name) throws IOException {
        Path created = Files.createDirectory(directory.resolve(name));
        give(created);
        return created;
    }

    /** Where a backup may go: a path that does not exist yet, which the server's user could reach. */
    public Path newPath(String name) {
        return directory.resolve(name);
    }

    public int port() {
        return port;
    }

    public String socketDirectory() {
        return directory.toString();
    }

    /** Over the unix socket, without a password. */
    public ConnectionSettings overSocket() {
        return ConnectionSettings.of(directory.toString(), port, "postgres", "postgres");
    }

    /** Over TCP, with the password. */
    public ConnectionSettings overTcp(String sslMode) {
        return new ConnectionSettings("127.0.0.1", port, "postgres", "postgres", PASSWORD, Map.of("sslmode", sslMode));
    }

    /** Runs statements, each in its own transaction. */
    public void sql(String... statements) {
        try (Connection connection = overSocket().openSql();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the first row. */
    public String query(String query) {
        try (Connection connection = overSocket().openSql();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return String.valueOf(result.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What pg_verifybackup says of a backup, manifest and WAL; nothing but success is returned. */
    public String verifyBackup(Path backup) throws IOException {
        return execute(List.of(binaries.resolve("pg_verifybackup").toString(), backup.toString()));
    }

    /** What pg_verifybackup says of a backup that it does not like. */
    public String complaints(Path backup, String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(binaries.resolve("pg_verifybackup").toString(), backup.toString()));
        command.addAll(Arrays.asList(options));
        try {
            execute(command);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
        return "";
    }

    /** A backup by PostgreSQL's own client. */
    public Path pgBasebackup(String name, String... options) throws IOException {
        Path target = newPath(name);
        List<String> arguments = new ArrayList<>(
                List.of("-h" + directory, "-p" + port, "-Upostgres", "-cfast", "-N", "-D", target.toString()));
        arguments.addAll(Arrays.asList(options));
        run("pg_basebackup", arguments.toArray(String[]::new));
        return target;
    }

    private void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (IS_ROOT) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(Arrays.asList(arguments));
        execute(command);
    }

    private String execute(List<String> command) throws IOException {
        // a file, not a pipe: a server that pg_ctl starts would keep the pipe open
        Path output = Files.createTempFile("pitrproof", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            int exitCode = process.waitFor();
            String text = Files.readString(output);
            if (exitCode != 0) {
                throw new IOException(command + " exited with " + exitCode + ":\n" + text);
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.delete(output);
        }
    }

    /** Lets the server's user write to a tree that others have made. */
    public void handOver(Path tree) throws IOException {
        give(tree);
    }

    /** Makes a file or a tree the server's own. */
    private void give(Path path) throws IOException {
        if (!IS_ROOT) {
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.toList()) {
                if (!Files.isSymbolicLink(each)) {
                    Files.setAttribute(each, "unix:uid", NOBODY);
                    Files.setAttribute(each, "unix:gid", NOBODY);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(dataDirectory.resolve("postmaster.pid"))) {
            stop("immediate");
        }
        removeContent(directory);
        Files.deleteIfExists(directory);
    }

    /** Empties a directory. */
    public static void removeContent(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (!each.equals(directory)) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }
}
