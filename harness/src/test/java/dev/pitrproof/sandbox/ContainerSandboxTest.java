package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.sun.security.auth.module.UnixSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The container sandbox: what it promises besides the contract. */
final class ContainerSandboxTest extends SandboxContract {

    @BeforeAll
    static void anEngineWithAnImage() throws SandboxException {
        ContainersAtHand.require();
    }

    @Override
    Sandbox open() throws SandboxException {
        return ContainerSandbox.open(ContainersAtHand.major(), ContainerOptions.of(null));
    }

    @Test
    void thePostgresIsTheImages() {
        PostgresRelease release = sandbox().release();

        assertThat(release.version()).startsWith(release.major() + ".");
        assertThat(release.origin()).startsWith("image ").contains("postgres:" + release.major());
        assertThat(release.image()).contains("postgres:" + release.major() + "@sha256:");
        assertThat(release.binariesSha256()).matches("[0-9a-f]{64}");
        assertThat(release.features()).contains("lz4", "zstd");
    }

    @Test
    void thereIsNoNetwork() throws Exception {
        Cluster source = readySource(Map.of());

        assertThat(said(source, "tail -n +3 /proc/net/dev"))
                .matches("(?s) *lo:.*")
                .doesNotContain("eth");
        assertThat(sandbox().isolation()).contains(new IsolationFact("network", "enforced"));
    }

    @Test
    void theServerHasNoRights() throws Exception {
        Cluster source = readySource(Map.of());

        String status = said(source, "cat /proc/self/status");
        int owner = (int) Files.getAttribute(source.dataDirectory(), "unix:uid");
        assertThat(owner).isNotZero();
        if (new UnixSystem().getUid() != 0) {
            assertThat((long) owner).isEqualTo(new UnixSystem().getUid());
        }
        assertThat(status)
                .contains("Uid:\t" + owner)
                .contains("NoNewPrivs:\t1")
                .contains("CapEff:\t0000000000000000")
                .contains("CapBnd:\t0000000000000000");
        assertThat(said(source, "id -un")).isEqualTo("postgres");
    }

    @Test
    void theImageCannotBeWrittenTo() throws Exception {
        Cluster source = readySource(Map.of());

        assertThat(said(source, "touch /etc/mine /usr/mine 2>&1 || true"))
                .contains("touch: cannot touch '/etc/mine': Read-only file system")
                .contains("touch: cannot touch '/usr/mine': Read-only file system");
    }

    @Test
    void aSourceWritesItsArchiveAndARestoredClusterCannot(@TempDir Path elsewhere) throws Exception {
        Path archive = sandbox().createDirectory("archive");
        Path home = sandbox().createDirectory("home");
        Path other = Files.createDirectory(elsewhere.resolve("archive"));
        Path hidden = Files.createFile(elsewhere.resolve("hidden"));
        for (Path open : List.of(elsewhere, other)) {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Files.writeString(other.resolve("segment"), "kept");
        Cluster source = readySource(Map.of());
        assertThat(said(source, "touch " + archive + "/segment && echo written"))
                .isEqualTo("written");
        source.stop(StopMode.FAST);

        Cluster restored = sandbox()
                .start(source.dataDirectory(), Map.of(), "restored", new FileAccess(List.of(other), List.of(home)));
        restored.awaitReady(PATIENCE);

        assertThat(sandbox().isolation()).contains(new IsolationFact("archive", "enforced"));
        for (Path segment : List.of(archive.resolve("segment"), other.resolve("segment"))) {
            assertThat(said(restored, "wc -l < " + segment)).isEqualTo("0");
            assertThat(said(restored, "rm " + segment + " 2>&1 || true")).contains("Read-only file system");
            assertThat(said(restored, "sh -c 'echo x > " + segment + "' 2>&1 || true"))
                    .contains("Read-only file system");
            assertThat(segment).exists();
        }
        assertThat(said(restored, "touch " + home + "/journal && echo written")).isEqualTo("written");
        assertThat(said(restored, "test -e " + hidden + " || echo unseen")).isEqualTo("unseen");
    }

    @Test
    void aContainerThatSomebodyRemovesIsADeadServer() throws Exception {
        Cluster source = readySource(Map.of());
        assertThat(ContainersAtHand.of(sandbox().directory())).hasSize(1);

        ((ContainerSandbox) sandbox()).stopAll();

        await().atMost(PATIENCE).until(() -> !source.isRunning());
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> source.awaitReady(PATIENCE))
                .withMessageStartingWith("the source cluster died: ")
                .satisfies(died -> assertThat(died.kind()).isEqualTo(SandboxException.Kind.SERVER_DIED));
    }

    @Test
    void closingLeavesNoContainer() throws Exception {
        readySource(Map.of());
        readySource(Map.of()).stop(StopMode.FAST);
        assertThat(ContainersAtHand.of(sandbox().directory())).hasSize(2);

        sandbox().close();

        assertThat(ContainersAtHand.of(sandbox().directory())).isEmpty();
    }
}
