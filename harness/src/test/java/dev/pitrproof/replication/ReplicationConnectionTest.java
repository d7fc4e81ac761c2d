package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicationConnectionTest {

    private static LocalServer server;

    @BeforeAll
    static void startServer() throws IOException {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void identifiesTheSystemOverTheUnixSocket() throws IOException {
        try (ReplicationConnection connection = ReplicationConnection.open(server.overSocket())) {
            SystemIdentity identity = connection.identifySystem();

            assertThat(Long.toUnsignedString(identity.systemIdentifier()))
                    .isEqualTo(server.query("SELECT system_identifier FROM pg_control_system()"));
            assertThat(identity.timeline()).isEqualTo(TimelineId.FIRST);
            assertThat(identity.flushLsn()).isGreaterThan(Lsn.INVALID);
            assertThat(connection.walSegmentSize()).isEqualTo(1 << 20);
            assertThat(connection.show("data_directory_mode")).isEqualTo("0700");
        }
    }

    @ParameterizedTest
    @CsvSource({"disable, f", "prefer, t", "require, t"})
    void authenticatesByScramAndReadsTheSocketThatPgjdbcEncryptedOrNot(String sslMode, String encrypted)
            throws IOException {
        try (ReplicationConnection connection = ReplicationConnection.open(server.overTcp(sslMode))) {
            assertThat(connection.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
            assertThat(server.query("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                            + " WHERE backend_type = 'walsender'"))
                    .isEqualTo(encrypted);
        }
    }

    @Test
    void saysWhatTheServerSaidToAWrongPassword() {
        ConnectionSettings wrong = server.overTcp("prefer").withPassword("battery staple");

        assertThatThrownBy(() -> ReplicationConnection.open(wrong))
                .isInstanceOf(ReplicationException.class)
                .hasMessageStartingWith(
                        "connection to server at \"127.0.0.1\", port " + server.port()
                                + " failed: FATAL: password authentication failed for user \"postgres\"\nHINT: the password comes")
                .extracting(e -> ((ReplicationException) e).sqlState())
                .isEqualTo("28P01");
    }

    @Test
    void saysInOneLineThatNobodyListens() {
        ConnectionSettings nowhere = ConnectionSettings.of("/nonexistent", 5432, "postgres", "postgres");

        assertThatThrownBy(() -> ReplicationConnection.open(nowhere))
                .isInstanceOf(ReplicationException.class)
                .hasMessage("connection to server at \"/nonexistent/.s.PGSQL.5432\" failed: No such file or directory");
    }

    @Test
    void showsNoPasswordInItsSettings() {
        assertThat(server.overTcp("prefer").toString()).doesNotContain(LocalServer.PASSWORD);
    }

    @Test
    void createsReadsAndDropsASlot() throws IOException {
        try (ReplicationConnection connection = ReplicationConnection.open(server.overSocket())) {
            connection.createSlot("kept_wal", false, true);
            assertThat(connection
                            .readSlot("kept_wal")
                            .orElseThrow()
                            .restartLsn()
                            .map(Lsn::toString))
                    .hasValue(
                            server.query("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = 'kept_wal'"));
            connection.dropSlot("kept_wal");
            assertThat(connection.readSlot("kept_wal")).isEmpty();
        }
    }

    @Test
    void goesOnAfterAnErrorOfTheServer() throws IOException {
        try (ReplicationConnection connection = ReplicationConnection.open(server.overSocket())) {
            assertThatThrownBy(() -> connection.dropSlot("never_made"))
                    .isInstanceOf(ReplicationException.class)
                    .hasMessageStartingWith("ERROR: replication slot \"never_made\" does not exist\nHINT: create it");
            assertThatThrownBy(() -> connection.timelineHistory(TimelineId.FIRST))
                    .isInstanceOf(ReplicationException.class)
                    .extracting(e -> ((ReplicationException) e).sqlState())
                    .isEqualTo("58P01");
            assertThat(connection.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
        }
    }

    @Test
    void connectsConcurrentlyWithoutMixingUpSockets() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<String>> shows = IntStream.range(0, 8)
                    .<Callable<String>>mapToObj(i -> () -> {
                        ConnectionSettings settings = i % 2 == 0 ? server.overSocket() : server.overTcp("require");
                        try (ReplicationConnection connection = ReplicationConnection.open(settings)) {
                            return connection.show("port");
                        }
                    })
                    .toList();
            for (Future<String> shown : threads.invokeAll(shows)) {
                assertThat(shown.get()).isEqualTo(Integer.toString(server.port()));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void failsInsteadOfWaitingWhenItIsAborted() throws IOException {
        ReplicationConnection connection = ReplicationConnection.open(server.overSocket());
        connection.abort();

        assertThatThrownBy(connection::identifySystem).isInstanceOf(IOException.class);
        connection.close();
    }
}
