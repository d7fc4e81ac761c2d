package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Containers of an engine that is reached by a port: nothing of this machine is mounted, everything is copied. */
final class RemoteSandboxTest extends SandboxContract {

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static EngineProxy proxy;

    @BeforeAll
    static void anEngineWithAnImage() throws IOException {
        ContainersAtHand.require();
        proxy = EngineProxy.tcp(ContainerEngine.find());
    }

    @AfterAll
    static void closeProxy() throws IOException {
        if (proxy != null) {
            proxy.close();
        }
    }

    @Override
    Sandbox open() throws SandboxException {
        try {
            return ContainerSandbox.open(
                    ContainerEngine.find(proxy.environment()), ContainersAtHand.major(), ContainerOptions.of(null));
        } catch (SandboxException e) {
            throw e;
        } catch (IOException e) {
            throw SandboxException.environment("the proxy is closed", "none", e);
        }
    }

    @Test
    void nothingOfThisMachineIsMountedAndThereIsNoNetwork() throws Exception {
        Cluster source = readySource(Map.of());

        assertThat(sandbox().copiesFiles()).isTrue();
        assertThat(ContainersAtHand.of(sandbox().directory())).hasSize(1);
        for (String container : ContainersAtHand.of(sandbox().directory())) {
            assertThat(ContainersAtHand.inspected(container))
                    .contains("\"Type\":\"volume\"")
                    .contains("\"NetworkMode\":\"none\"")
                    .doesNotContain("\"Type\":\"bind\"");
        }
        assertThat(said(source, "tail -n +3 /proc/net/dev"))
                .matches("(?s) *lo:.*")
                .doesNotContain("eth");
        assertThat(said(source, "cat /proc/self/status"))
                .contains("NoNewPrivs:\t1")
                .contains("CapEff:\t0000000000000000")
                .doesNotContain("Uid:\t0");
        assertThat(said(source, "touch /etc/mine 2>&1 || true")).contains("Read-only file system");
        assertThat(sandbox().isolation()).contains(new IsolationFact("network", "enforced"));
    }

    @Test
    void aRestoredClusterReadsItsArchiveAndWhatItWritesIsFetched() throws Exception {
        Path archive = sandbox().createDirectory("archive");
        Path home = sandbox().createDirectory("home");
        Path hidden = sandbox().createDirectory("hidden");
        Files.writeString(home.resolve("journal"), "");
        sandbox().give(home);
        Cluster source =
                sandbox().createSource(SourceSettings.of(Map.of(), new FileAccess(List.of(), List.of(archive))));
        source.awaitReady(PATIENCE);
        said(source, "echo kept > " + archive + "/segment");
        assertThat(archive.resolve("segment")).doesNotExist();
        source.fetch(archive.resolve("nothing"));
        source.fetch(archive);
        assertThat(archive.resolve("segment")).hasContent("kept");
        source.stop(StopMode.FAST);

        Cluster restored = sandbox()
                .start(source.dataDirectory(), Map.of(), "restored", new FileAccess(List.of(archive), List.of(home)));
        restored.awaitReady(PATIENCE);

        Path segment = archive.resolve("segment");
        assertThat(sandbox().isolation()).contains(new IsolationFact("archive", "enforced"));
        assertThat(said(restored, "cat " + segment)).isEqualTo("kept");
        assertThat(said(restored, "rm " + segment + " 2>&1 || true")).contains("Read-only file system");
        assertThat(said(restored, "test -e " + hidden + " || echo unseen")).isEqualTo("unseen");
        said(restored, "echo asked >> " + home + "/journal");
        restored.fetch(home.resolve("journal"));
        assertThat(home.resolve("journal")).hasContent("asked");
    }

    @Test
    void manyConnectionsAtOnceCarryMuchAndAnAbandonedOneEnds() throws Exception {
        Cluster source = readySource(Map.of());
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                connections.add(source.connection().openSql("postgres"));
            }
            assertThat(query(source.connection(), "SELECT length(repeat('x', 20000000)::text)"))
                    .isEqualTo("20000000");
            assertThat(query(source.connection(), "SELECT repeat('y', 5000000)"))
                    .hasSize(5_000_000);
            assertThat(query(source.connection(), "SELECT count(*) FROM pg_stat_activity WHERE client_port > 0"))
                    .isEqualTo("6");
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(said(source, "grep -lzs [/]dev/tcp /proc/[0-9]*/cmdline | wc -l"))
                        .isEqualTo("1"));
    }

    @Test
    void closingLeavesNeitherContainerNorVolume() throws Exception {
        readySource(Map.of());
        assertThat(ContainersAtHand.volumesOf(sandbox().directory())).isNotEmpty();

        sandbox().close();

        assertThat(ContainersAtHand.of(sandbox().directory())).isEmpty();
        assertThat(ContainersAtHand.volumesOf(sandbox().directory())).isEmpty();
    }

    @Test
    void aServerThatIsGoneRefusesConnections() throws Exception {
        Cluster source = readySource(Map.of());

        source.close();

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> source.connection().openSql("postgres").close());
    }
}
