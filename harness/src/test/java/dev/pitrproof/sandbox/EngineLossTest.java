package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that ends while a drill needs it. */
final class EngineLossTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @BeforeAll
    static void anEngineWithAnImage() throws SandboxException {
        ContainersAtHand.require();
    }

    @Test
    void anEngineThatEndsIsNamedAndNobodyWaitsForIt(@TempDir Path scratch) throws Exception {
        ContainerEngine engine = ContainerEngine.find();
        assertLossIsNamed(engine, EngineProxy.of(engine, scratch.resolve("engine.sock")));
    }

    @Test
    void soIsOneOnAnotherMachine() throws Exception {
        ContainerEngine engine = ContainerEngine.find();
        assertLossIsNamed(engine, EngineProxy.tcp(engine));
    }

    private static void assertLossIsNamed(ContainerEngine engine, EngineProxy running) throws Exception {
        try (EngineProxy proxy = running) {
            ContainerEngine reached = ContainerEngine.find(proxy.environment());
            ContainerSandbox sandbox =
                    ContainerSandbox.open(reached, ContainersAtHand.major(), ContainerOptions.of(null));
            try {
                Cluster source = sandbox.createSource(SourceSettings.of(Map.of()));
                source.awaitReady(PATIENCE);

                proxy.close();

                await().atMost(PATIENCE).until(() -> !source.isRunning());
                assertThat(source.fatalLine()).contains("the container engine does not answer any more");
                assertThatExceptionOfType(SandboxException.class)
                        .isThrownBy(() -> source.awaitReady(PATIENCE))
                        .withMessage("the container engine does not answer any more")
                        .satisfies(lost -> assertThat(lost.kind()).isEqualTo(SandboxException.Kind.ENVIRONMENT));
                assertThatExceptionOfType(SandboxException.class)
                        .isThrownBy(() -> sandbox.createSource(SourceSettings.of(Map.of())))
                        .satisfies(lost -> assertThat(lost.kind()).isEqualTo(SandboxException.Kind.ENVIRONMENT));
                assertThatExceptionOfType(SandboxException.class)
                        .isThrownBy(sandbox::close)
                        .withMessageStartingWith("cannot remove the containers of pitrproof-")
                        .satisfies(
                                left -> assertThat(left.hint()).contains("containers that stayed end by themselves"));
                assertThat(sandbox.directory()).doesNotExist();
            } finally {
                ContainerClient.connect(
                                engine, String.valueOf(sandbox.directory().getFileName()), ContainerOptions.LIFETIME)
                        .removeAll();
            }
            assertThat(ContainersAtHand.of(sandbox.directory())).isEmpty();
            assertThat(ContainersAtHand.volumesOf(sandbox.directory())).isEmpty();
        }
    }
}
