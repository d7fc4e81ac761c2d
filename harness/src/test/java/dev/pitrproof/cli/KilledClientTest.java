package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.archive.ArchiveScan;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.replication.FaultyProxy;
import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.replication.ReceivedWal;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
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
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * Programs that are killed anywhere, as a kernel does when memory runs out: after so many bytes have come from the server.
 * Nothing may look as if it were whole, nothing may stay on the server, and running it again must work, or say how.
 */
@Timeout(300)
class KilledClientTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final int KILLED = 128 + 9;
    /** Of a manifest of 967 files this is less than all. */
    private static final int MANIFEST_BYTES = 100_000;

    @SuppressWarnings("NullAway.Init")
    private static LocalServer server;

    @SuppressWarnings("NullAway.Init")
    private static Path space;

    private static long bytesWithoutWal;

    private final StringWriter err = new StringWriter();
    private Path room = Path.of("");
    private Path target = Path.of("");

    @BeforeAll
    static void startServer() throws IOException {
        server = LocalServer.start();
        space = server.createDirectory("space");
        server.sql(
                "CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g",
                "CREATE TABLESPACE far LOCATION '" + space + "'",
                "CREATE TABLE f TABLESPACE far AS SELECT g FROM generate_series(1, 1000) g");
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void makeRoom() throws IOException {
        room = Files.createDirectory(server.newPath("room"));
        target = room.resolve("target");
    }

    @AfterEach
    void removeRoom() throws IOException {
        server.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        LocalServer.removeContent(room);
        Files.delete(room);
    }

    private int run(Callable<Integer> command, int port, String... further) {
        err.getBuffer().setLength(0);
        return new CommandLine(command)
                .setErr(new PrintWriter(err, true))
                .execute(arguments(port, further).toArray(String[]::new));
    }

    private List<String> arguments(int port, String... further) {
        List<String> arguments = new ArrayList<>(Arrays.asList(further));
        arguments.addAll(List.of(
                "-D" + target,
                "-dhost=127.0.0.1 sslmode=disable user=postgres password='" + LocalServer.PASSWORD + "' port=" + port));
        return arguments;
    }

    private String[] backup(String... further) {
        List<String> arguments = new ArrayList<>(List.of("-cfast", "-N"));
        arguments.addAll(Arrays.asList(further));
        if (!arguments.contains("-Ft")) {
            arguments.add("-T" + space + "=" + moved());
        }
        return arguments.toArray(String[]::new);
    }

    private Path moved() {
        return room.resolve("moved");
    }

    /** Runs the program until so many bytes have come to it. */
    private void killAfter(long bytes, String command, String... further) throws Exception {
        killAfter(bytes, () -> true, command, further);
    }

    /** The same once it has done something with these bytes. */
    private void killAfter(long bytes, Callable<Boolean> done, String command, String... further) throws Exception {
        CompletableFuture<Process> client = new CompletableFuture<>();
        try (FaultyProxy proxy = FaultyProxy.before(server, bytes, any -> {
            await().atMost(LONG_ENOUGH).until(done);
            kill(client.join());
        })) {
            List<String> program = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.pitrproof.cli.Main",
                    command));
            program.addAll(arguments(proxy.port(), further));
            Path said = room.resolveSibling("said");
            Process process = new ProcessBuilder(program)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            client.complete(process);

            assertThat(process.waitFor()).as(Files.readString(said)).isEqualTo(KILLED);
        }
        await().atMost(LONG_ENOUGH).until(() -> server.query("SELECT NOT EXISTS (SELECT FROM pg_stat_replication)"
                        + " AND NOT EXISTS (SELECT FROM pg_replication_slots WHERE temporary OR active)")
                .equals("t"));
    }

    private static void kill(Process process) throws IOException {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** How much comes to a backup that nobody kills; with WAL some more. */
    private long bytesWithoutWal() throws IOException {
        if (bytesWithoutWal == 0) {
            try (FaultyProxy proxy = FaultyProxy.before(server, Long.MAX_VALUE, FaultyProxy::cut)) {
                assertThat(run(new BasebackupCommand(), proxy.port(), backup("-Xnone")))
                        .as(err.toString())
                        .isZero();
                bytesWithoutWal = proxy.passed();
            }
            LocalServer.removeContent(room);
        }
        return bytesWithoutWal;
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private void assertWhole() {
        assertThat(new CommandLine(new VerifybackupCommand())
                        .setErr(new PrintWriter(err, true))
                        .execute(target.toString()))
                .as(err.toString())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "-Fp, -Xstream,  1",
        "-Ft, -Xstream,  2",
        "-Ft, -Xfetch,   3",
    })
    void aBackupIntoANewDirectory(String format, String wal, int seed) throws Exception {
        killAfter((long) (bytesWithoutWal() * new Random(seed).nextDouble()), "basebackup", backup(format, wal));

        assertThat(target).doesNotExist();
        if (Files.exists(moved()) && !isEmpty(moved())) {
            assertThat(run(new BasebackupCommand(), server.port(), backup(format, wal)))
                    .isEqualTo(2);
            assertThat(err.toString())
                    .contains("pitrproof: error: directory \"" + moved() + "\" exists but is not empty")
                    .contains("HINT: ");
            LocalServer.removeContent(moved());
        }
        assertThat(run(new BasebackupCommand(), server.port(), backup(format, wal)))
                .as(err.toString())
                .isZero();
        assertThat(err.toString()).contains(".partial\" holds part of a backup that was cut off");
        assertWhole();
    }

    /** All files are there already, and only what says so is not. */
    @Test
    void aBackupInItsManifest() throws Exception {
        bytesWithoutWal = 0;
        killAfter(bytesWithoutWal() - MANIFEST_BYTES / 2, this::hasBegunTheManifest, "basebackup", backup("-Xnone"));

        assertThat(target).doesNotExist();
        assertThat(hasBegunTheManifest()).isTrue();
        LocalServer.removeContent(moved());
        assertThat(run(new BasebackupCommand(), server.port(), backup("-Xnone")))
                .as(err.toString())
                .isZero();
        assertWhole();
    }

    private boolean hasBegunTheManifest() throws IOException {
        try (Stream<Path> left = Files.list(room)) {
            return left.anyMatch(path -> path.toString().endsWith(".partial")
                    && Files.exists(path.resolve("global/pg_control"))
                    && Files.exists(path.resolve("backup_manifest.tmp"))
                    && !Files.exists(path.resolve("backup_manifest")));
        }
    }

    @ParameterizedTest
    @CsvSource({"-Fp, 5", "-Ft, 6"})
    void aBackupIntoADirectoryThatWasThere(String format, int seed) throws Exception {
        long bytes = (long) (bytesWithoutWal() * new Random(seed).nextDouble());
        Files.createDirectory(target);

        killAfter(bytes, "basebackup", backup(format));

        assertThat(target.resolve("backup_manifest")).doesNotExist();
        assertThat(new CommandLine(new VerifybackupCommand())
                        .setErr(new PrintWriter(err, true))
                        .execute(target.toString()))
                .isNotZero();
        assertThat(run(new BasebackupCommand(), server.port(), backup(format))).isEqualTo(2);
        assertThat(err.toString())
                .contains("pitrproof: error: directory \"" + target + "\" exists but is not empty")
                .contains("HINT: remove it, empty it, or name another one");
        LocalServer.removeContent(room);
        assertThat(run(new BasebackupCommand(), server.port(), backup(format))).isZero();
        assertWhole();
    }

    @Test
    void aBackupThatHasMadeASlotOfItsOwn() throws Exception {
        String[] arguments = backup("-C", "-Skept");
        killAfter(2 << 20, "basebackup", arguments);

        assertThat(target).doesNotExist();
        LocalServer.removeContent(room);
        assertThat(run(new BasebackupCommand(), server.port(), arguments)).isEqualTo(3);
        assertThat(err.toString())
                .isEqualTo("pitrproof: error: ERROR: replication slot \"kept\" already exists\n"
                        + "HINT: leave out --create-slot to use it, or drop it first (receivewal --drop-slot), since it"
                        + " holds back WAL\n");
        assertThat(room).isEmptyDirectory();
        assertThat(run(new BasebackupCommand(), server.port(), backup("-Skept")))
                .as(err.toString())
                .isZero();
        assertWhole();
    }

    @ParameterizedTest
    @CsvSource({"none, 7, 3", "gzip:1, 8, 2"})
    void whoReceivesWal(String compression, int seed, int kills) throws Exception {
        Files.createDirectory(target);
        server.sql("SELECT pg_create_physical_replication_slot('one', true)");
        Lsn begin = restart();
        String[] arguments = {"-Sone", "--synchronous", "-Z" + compression};
        Random random = new Random(seed);
        for (int i = 0; i < kills; i++) {
            write();
            killAfter(100_000 + random.nextInt(3 << 19), "receivewal", arguments);
            ReceivedWal.assertHolds(target, server, begin, restart());
        }
        Lsn end = write();

        assertThat(run(new ReceivewalCommand(), server.port(), "-Sone", "-E" + end, "-Z" + compression))
                .as(err.toString())
                .isZero();

        ReceivedWal.assertHolds(target, server, begin, end);
        List<String> problems = new ArrayList<>();
        long records;
        try (DirectoryArchive archive = DirectoryArchive.open(target)) {
            records = ArchiveScan.scan(archive, new ArchiveScan.Observer() {
                @Override
                public boolean record(WalRecord record) {
                    return true;
                }

                @Override
                public void problem(String message) {
                    problems.add(message);
                }
            });
        }
        assertThat(problems).isEmpty();
        if (compression.equals("none")) {
            assertThat(dumpedRecords()).isEqualTo(records);
        }
    }

    /** What the slot still holds back: all before has been acknowledged. */
    private static Lsn restart() {
        return Lsn.parse(server.query("SELECT restart_lsn FROM pg_replication_slots"));
    }

    private static Lsn write() {
        server.sql("CREATE TABLE w AS SELECT g FROM generate_series(1, 30000) g", "DROP TABLE w");
        return Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
    }

    /** How many pg_waldump finds in what was received, with the last segment under the name that it looks for. */
    private long dumpedRecords() throws Exception {
        List<String> names;
        try (Stream<Path> files = Files.list(target)) {
            names = files.map(file -> file.getFileName().toString()).sorted().toList();
        }
        String last = names.get(names.size() - 1);
        assertThat(last).endsWith(".partial");
        Files.copy(target.resolve(last), target.resolve(last.replace(".partial", "")));
        Process dump = new ProcessBuilder(
                        LocalServer.binaries().resolve("pg_waldump").toString(),
                        "-p" + target,
                        "-s" + SegmentName.parse(names.get(0), 1 << 20).start())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // it complains of where the WAL ends
                .start();
        long lines = dump.inputReader()
                .lines()
                .filter(line -> line.startsWith("rmgr: "))
                .count();
        dump.waitFor();
        return lines;
    }
}
