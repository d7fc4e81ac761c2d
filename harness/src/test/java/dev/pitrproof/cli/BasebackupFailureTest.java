package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Servers that are damaged, or die, under a backup; each test has one of its own. */
class BasebackupFailureTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

    private final StringWriter err = new StringWriter();
    private LocalServer server;
    private Path target;

    @BeforeEach
    void startServer() throws IOException {
        server = LocalServer.start();
        target = server.newPath("backup");
    }

    @AfterEach
    void stopServer() throws IOException {
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

    /** It goes into a directory beside its place until it is whole. */
    private boolean isUnderWay() throws IOException {
        assertThat(target).doesNotExist();
        return partials().stream().anyMatch(partial -> Files.exists(partial.resolve("base")));
    }

    private List<Path> partials() throws IOException {
        try (Stream<Path> siblings = Files.list(target.getParent())) {
            return siblings.filter(path -> path.getFileName().toString().matches("backup\\.[0-9a-f]+\\.partial"))
                    .toList();
        }
    }

    @Test
    void passesOnWhatTheServerSaysOfADamagedPageAndCallsTheBackupDamaged() throws IOException {
        server.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g", "CHECKPOINT");
        String file = server.query("SELECT pg_relation_filepath('t')");
        try (RandomAccessFile heap =
                new RandomAccessFile(server.dataDirectory().resolve(file).toFile(), "rw")) {
            heap.seek(8192 + 4000);
            int flipped = heap.read() ^ 1;
            heap.seek(8192 + 4000);
            heap.write(flipped);
        }

        int exitCode = basebackup("-D", target.toString());

        assertThat(err.toString())
                .contains("pitrproof: warning: checksum verification failed in file \"./" + file + "\", block 1")
                .contains("pitrproof: error: checksum verification failure during base backup")
                .contains("is complete but damaged")
                .contains("HINT: ");
        assertThat(exitCode).isEqualTo(1);
        assertThat(target.resolve("backup_manifest")).exists();
    }

    @Test
    void removesEverythingWhenTheServerDiesInTheMiddle() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> running = thread.submit(() -> basebackup("-D", target.toString(), "-r1M"));
            await().atMost(LONG_ENOUGH).until(this::isUnderWay);
            server.stop("immediate");

            assertThat(running.get()).isEqualTo(3);
        } finally {
            thread.shutdownNow();
        }
        assertThat(err.toString()).startsWith("pitrproof: error: ").doesNotContain("\tat ");
        assertThat(target).doesNotExist();
        assertThat(partials()).isEmpty();
    }

    @Test
    void removesEverythingWhenItIsTerminated() throws Exception {
        Process process = start();
        await().atMost(LONG_ENOUGH).until(this::isUnderWay);
        process.destroy();

        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(target).doesNotExist();
        assertThat(partials()).isEmpty();
    }

    @Test
    void leavesNothingThatLooksLikeABackupWhenItIsKilled() throws Exception {
        Process process = start();
        await().atMost(LONG_ENOUGH).until(this::isUnderWay);
        process.destroyForcibly().waitFor();

        assertThat(target).doesNotExist();
        await().atMost(LONG_ENOUGH).until(() -> server.query("SELECT count(*) FROM pg_replication_slots")
                .equals("0"));
        Path left = partials().get(0);

        assertThat(basebackup("-D", target.toString())).isZero();

        assertThat(err.toString())
                .startsWith("pitrproof: warning: directory \"" + left + "\" holds part of a backup that was cut off");
        assertThat(server.verifyBackup(target)).contains("backup successfully verified");
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        RunBasebackup.class.getName(),
                        "-h" + server.socketDirectory(),
                        "-p" + server.port(),
                        "-Upostgres",
                        "-cfast",
                        "-r1M",
                        "-D" + target)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The command as a process of its own. */
    static final class RunBasebackup {

        private RunBasebackup() {}

        public static void main(String[] arguments) {
            System.exit(new CommandLine(new BasebackupCommand()).execute(arguments));
        }
    }
}
