package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.CompressionLevel;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are killed under who receives their WAL. */
@Timeout(120)
class ServerDeathTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofMillis(100);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private final List<String> lost = new CopyOnWriteArrayList<>();

    private final ContinuousReceiver.Observer observer = new ContinuousReceiver.Observer() {
        @Override
        public void started(Lsn from, TimelineId timeline) {}

        @Override
        public void reached(Lsn position, TimelineId timeline) {}

        @Override
        public void lost(String reason, Duration retry) {
            lost.add(reason);
        }
    };

    @Test
    void aReceiverGoesOnWhenTheServerIsBack() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (LocalServer server = LocalServer.start()) {
            try (ReplicationConnection connection = ReplicationConnection.open(server.overSocket())) {
                connection.createSlot("one", false, true);
            }
            Lsn begin = Lsn.parse(server.query("SELECT restart_lsn FROM pg_replication_slots"));
            ContinuousReceiver receiver = new ContinuousReceiver(
                    server.overSocket(),
                    new ContinuousReceiver.Request(
                            directory,
                            "one",
                            Optional.empty(),
                            true,
                            true,
                            CompressionLevel.of(Compression.NONE),
                            Optional.of(SOON),
                            SOON,
                            OptionalLong.empty(),
                            Optional.empty()),
                    observer);
            Future<?> running = thread.submit(() -> {
                receiver.receive();
                return null;
            });
            awaitReceived(server, write(server, "before"));

            server.signal("-KILL", walsender(server));
            awaitReceived(server, afterwards(server, "killed"));
            server.signal("-QUIT", walsender(server));
            awaitReceived(server, afterwards(server, "quit"));
            server.killPostmaster();
            await().atMost(LONG_ENOUGH).until(() -> lost.stream()
                    .anyMatch(reason -> reason.contains("refused") || reason.contains("connection to server at ")));
            server.startAfterKill();
            Lsn end = afterwards(server, "postmaster");
            awaitReceived(server, end);

            receiver.stop();
            running.get();
            assertThat(lost).hasSizeGreaterThanOrEqualTo(3).noneMatch(reason -> reason.contains("\n"));
            assertThat(lost)
                    .allMatch(
                            reason -> reason.matches(
                                    "(?s)(server closed the connection unexpectedly"
                                            + "|could not (receive data from|send data to) server: .*|FATAL: .*|connection to server at .*)"));
            ReceivedWal.assertHolds(directory, server, begin, end);
        } finally {
            thread.shutdownNow();
        }
    }

    private static String walsender(LocalServer server) {
        return server.query("SELECT pid FROM pg_stat_replication");
    }

    private static Lsn write(LocalServer server, String table) {
        server.sql("CREATE TABLE " + table + " AS SELECT g FROM generate_series(1, 10000) g");
        return Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
    }

    /** As soon as the server answers again. */
    private static Lsn afterwards(LocalServer server, String table) {
        return await().atMost(LONG_ENOUGH).ignoreExceptions().until(() -> write(server, table), lsn -> true);
    }

    private static void awaitReceived(LocalServer server, Lsn end) throws IOException {
        await().atMost(LONG_ENOUGH).ignoreExceptions().until(() -> server.query(
                        "SELECT active AND restart_lsn >= '" + end + "' FROM pg_replication_slots")
                .equals("t"));
    }
}
