package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.replication.FaultyProxy;
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
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A connection that is cut, and a server that is killed, anywhere in the stream. */
@Timeout(300)
class NetworkFaultTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final int CUTS = 10;

    private static LocalServer server;
    private static Path room;

    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startServer() throws IOException {
        server = LocalServer.start();
        server.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g");
        room = Files.createDirectory(server.newPath("room"));
    }

    @AfterEach
    void emptyRoom() throws IOException {
        LocalServer.removeContent(room);
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private int basebackup(int port, Path target, String... further) {
        err.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of(
                "-D" + target,
                "-cfast",
                "-N",
                "-dhost=127.0.0.1 sslmode=disable user=postgres password='" + LocalServer.PASSWORD + "' port=" + port));
        arguments.addAll(Arrays.asList(further));
        return new CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    private static void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.list(room)) {
            assertThat(files).isEmpty();
        }
        await().atMost(LONG_ENOUGH).until(() -> server.query("SELECT count(*) FROM pg_replication_slots")
                .equals("0"));
    }

    @Test
    void aConnectionThatIsCutLeavesNothing() throws IOException {
        long all;
        try (FaultyProxy proxy = FaultyProxy.before(server, Long.MAX_VALUE, FaultyProxy::cut)) {
            assertThat(basebackup(proxy.port(), server.newPath("uncut"), "-Fp"))
                    .as(err.toString())
                    .isZero();
            all = proxy.passed();
        }
        Random random = new Random(11);
        List<Long> positions = new ArrayList<>(List.of(0L, 300L));
        for (int i = 0; i < CUTS; i++) {
            // what comes last is only about the end of the session
            positions.add((long) (random.nextDouble() * (all - (1 << 20))));
        }
        for (long position : positions) {
            String format = random.nextBoolean() ? "-Fp" : "-Ft";
            try (FaultyProxy proxy = FaultyProxy.before(server, position, FaultyProxy::cut)) {
                assertThat(basebackup(proxy.port(), room.resolve("backup"), format))
                        .as("%s cut at %d", format, position)
                        .isEqualTo(3);
            }
            assertThat(err.toString())
                    .as("%s cut at %d", format, position)
                    .startsWith("pitrproof: error: ")
                    .hasLineCount(1)
                    .doesNotContain("Exception");
            assertNothingLeft();
        }
        assertThat(basebackup(server.port(), room.resolve("backup"), "-Fp")).isZero();
        assertThat(server.verifyBackup(room.resolve("backup"))).contains("backup successfully verified");
    }

    /** A walsender that is killed takes all processes with it, which a postmaster starts again; if it lives itself. */
    @ParameterizedTest
    @CsvSource({"-KILL, walsender", "-QUIT, walsender", "-KILL, postmaster"})
    void aServerThatIsKilledLeavesNothing(String signal, String victim) throws Exception {
        boolean postmaster = victim.equals("postmaster");
        Path target = room.resolve("backup");
        // at such a rate the server waits now and then, by which it notices that its postmaster is gone
        try (FaultyProxy proxy = FaultyProxy.before(server, 8 << 20, any -> {
            if (postmaster) {
                server.killPostmaster();
            } else {
                server.signal(signal, walsender());
            }
        })) {
            assertThat(basebackup(proxy.port(), target, "-Fp", "-r20M")).isEqualTo(3);
        }
        // what a dying process still says is passed on
        assertThat(err.toString()
                        .lines()
                        .filter(line -> !line.startsWith("pitrproof: warning: terminating connection")))
                .singleElement()
                .asString()
                .startsWith("pitrproof: error: ")
                .doesNotContain("Exception");
        if (postmaster) {
            server.startAfterKill();
        }
        await().atMost(LONG_ENOUGH).ignoreExceptions().untilAsserted(NetworkFaultTest::assertNothingLeft);
        assertThat(basebackup(server.port(), target, "-Fp")).isZero();
        assertThat(server.verifyBackup(target)).contains("backup successfully verified");
    }

    private static String walsender() {
        return server.query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender' LIMIT 1");
    }
}
