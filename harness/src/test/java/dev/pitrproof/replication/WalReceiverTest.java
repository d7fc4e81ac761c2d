package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalReceiverTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final int SEGMENT = 1 << 20;

    private Path directory;
    private LocalServer server;

    @BeforeEach
    void startServer(@TempDir Path received) throws IOException {
        directory = received;
        server = LocalServer.start();
    }

    @AfterEach
    void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private WalReceiver receiveFrom(Lsn from, TimelineId timeline, @Nullable String slot, boolean flushOften)
            throws IOException {
        return WalReceiver.start(
                ReplicationConnection.open(server.overSocket()),
                new WalReceiverRequest(directory, from, timeline, slot, false, true, flushOften));
    }

    private Lsn currentLsn() {
        return Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void receivesTheServersSegmentsByteForByteAndKeepsTheLastOnePartial() throws IOException {
        Lsn begin = currentLsn();
        try (WalReceiver receiver = receiveFrom(begin, TimelineId.FIRST, null, false)) {
            server.sql(
                    "CREATE TABLE t AS SELECT g FROM generate_series(1, 50000) g",
                    "SELECT pg_switch_wal()",
                    "CREATE TABLE u (i int)");
            Lsn end = currentLsn();
            receiver.stopAt(end);
            receiver.await();

            assertThat(receiver.writtenLsn()).isGreaterThanOrEqualTo(end);
            assertThat(receiver.flushedLsn()).isEqualTo(receiver.writtenLsn());
            SegmentName last = SegmentName.before(TimelineId.FIRST, receiver.writtenLsn(), SEGMENT);
            assertThat(directory.resolve(last.fileName() + ".partial")).exists().hasSize(SEGMENT);
            SegmentName first = SegmentName.holding(TimelineId.FIRST, begin, SEGMENT);
            assertThat(names().size()).isGreaterThan(2);
            for (SegmentName each = first; each.compareTo(last) < 0; each = each.next()) {
                assertThat(directory.resolve(each.fileName()))
                        .hasSameBinaryContentAs(
                                server.dataDirectory().resolve("pg_wal").resolve(each.fileName()));
            }
        }
    }

    @Test
    void letsTheSlotForgetOnlyWhatIsDurable() throws IOException {
        try (ReplicationConnection connection = ReplicationConnection.open(server.overSocket())) {
            connection.createSlot("archive", false, true);
        }
        try (WalReceiver receiver = receiveFrom(currentLsn(), TimelineId.FIRST, "archive", true)) {
            server.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 50000) g");
            Lsn end = currentLsn();

            assertThat(receiver.awaitFlushed(end, LONG_ENOUGH)).isTrue();
            assertThat(Lsn.parse(server.query("SELECT restart_lsn FROM pg_replication_slots")))
                    .isLessThanOrEqualTo(receiver.flushedLsn());
            receiver.stop();
            receiver.await();
        }
    }

    @Test
    void followsTheServerToItsNextTimeline() throws IOException {
        Lsn begin = currentLsn();
        server.stop("fast");
        Files.createFile(server.dataDirectory().resolve("standby.signal"));
        server.startAgain();
        server.sql("SELECT pg_promote()", "CREATE TABLE after_promotion (i int)");
        Lsn end = currentLsn();
        try (WalReceiver receiver = receiveFrom(begin, TimelineId.FIRST, null, false)) {
            receiver.stopAt(end);
            receiver.await();
        }

        TimelineId second = new TimelineId(2);
        assertThat(names()).contains(second.historyFileName());
        assertThat(directory.resolve(second.historyFileName()))
                .hasSameTextualContentAs(
                        server.dataDirectory().resolve("pg_wal").resolve(second.historyFileName()));
        assertThat(names()).contains(SegmentName.before(second, end, SEGMENT).fileName() + ".partial");
    }

    /** It names a restore point of a database in LATIN1. */
    @Test
    void keepsAHistoryFileByteForByteThoughItIsNotInUtf8() throws Exception {
        server.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
        Path copy = server.pgBasebackup("copy");
        try (Connection latin = server.overSocket().openSql("latin");
                Statement statement = latin.createStatement()) {
            statement.execute("SELECT pg_create_restore_point('caf\u00E9')");
        }
        server.sql("CREATE TABLE behind_it (i int)"); // which flushes it
        Files.writeString(copy.resolve("postgresql.auto.conf"), """
                restore_command = 'cp "%s/pg_wal/%%f" "%%p"'
                recovery_target_name = 'caf\\351'
                recovery_target_action = promote
                """.formatted(server.dataDirectory()));
        Files.createFile(copy.resolve("recovery.signal"));

        TimelineId second = new TimelineId(2);
        try (LocalServer restored = server.startOn(copy)) {
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> restored.query("SELECT pg_is_in_recovery()")
                    .equals("f"));
            Lsn end = Lsn.parse(restored.query("SELECT pg_current_wal_flush_lsn()"));
            try (WalReceiver receiver = WalReceiver.start(
                    ReplicationConnection.open(restored.overSocket()),
                    new WalReceiverRequest(directory, end, second, null, false, true, false))) {
                receiver.stopAt(end);
                receiver.await();
            }
            byte[] history = Files.readAllBytes(copy.resolve("pg_wal").resolve(second.historyFileName()));
            assertThat(history).as("in LATIN1").contains(0xE9);
            assertThat(directory.resolve(second.historyFileName())).hasBinaryContent(history);
        }
    }

    @Test
    void reportsThatTheServerIsGone() throws IOException {
        try (WalReceiver receiver = receiveFrom(currentLsn(), TimelineId.FIRST, null, false)) {
            server.stop("immediate");

            assertThatThrownBy(receiver::await).isInstanceOf(IOException.class);
            assertThat(receiver.failure()).isPresent();
        }
    }

    @Test
    void answersAServerThatShutsDownSoThatItNeedNotWait() throws IOException {
        try (WalReceiver receiver = receiveFrom(currentLsn(), TimelineId.FIRST, null, false)) {
            server.sql("CREATE TABLE t (i int)");
            assertThat(receiver.failure()).isEmpty();
            server.stop("fast");

            assertThatThrownBy(receiver::await)
                    .isInstanceOf(ReplicationException.class)
                    .hasMessage("the server has shut down");
        }
    }

    @Test
    void reportsWalThatTheServerHasRemoved() throws IOException {
        try (WalReceiver receiver = receiveFrom(new Lsn(SEGMENT), TimelineId.FIRST, null, false)) {
            receiver.stopAt(currentLsn());
            assertThatThrownBy(receiver::await)
                    .isInstanceOf(ReplicationException.class)
                    .hasMessageContaining("requested WAL segment");
        }
    }
}
