package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
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
