package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.sandbox.ChildPrograms.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That no container stays, however the program ended that made it. */
final class ContainerLifetimeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @BeforeAll
    static void anEngineWithAnImage() throws SandboxException {
        ContainersAtHand.require();
    }

    @Test
    void aTerminatedProgramCleansUpBeforeItEnds() throws Exception {
        try (Running child = start()) {
            Path directory = Path.of(child.line());
            assertThat(child.line()).isEqualTo("ready");
            assertThat(ContainersAtHand.of(directory)).isNotEmpty();

            child.terminate();

            assertThat(child.process().waitFor()).isEqualTo(143);
            assertThat(ContainersAtHand.of(directory)).isEmpty();
            assertThat(directory).doesNotExist();
        }
    }

    @Test
    void aProgramTerminatedWhileItMakesAClusterCleansUpToo() throws Exception {
        try (Running child = start()) {
            Path directory = Path.of(child.line());
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(directory.resolve("c1/data")));

            child.terminate();

            assertThat(child.process().waitFor()).isEqualTo(143);
            assertThat(ContainersAtHand.of(directory)).isEmpty();
            assertThat(directory).doesNotExist();
        }
    }

    @Test
    void aKilledProgramsContainersAreRemovedByItsKeeper() throws Exception {
        try (Running child = start()) {
            Path directory = Path.of(child.line());
            assertThat(child.line()).isEqualTo("ready");

            child.kill();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(ContainersAtHand.of(directory))
                    .isEmpty());
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(directory).doesNotExist());
        }
    }

    @Test
    void nothingStaysOnAnEngineElsewhereHoweverTheProgramEnds() throws Exception {
        try (EngineProxy proxy = EngineProxy.tcp(ContainerEngine.find())) {
            for (boolean killed : List.of(false, true)) {
                try (Running child = Running.start(
                        ChildPrograms.command(List.of(), ChildPrograms.ContainerSource.class), proxy.environment())) {
                    Path directory = Path.of(child.line());
                    assertThat(child.line()).isEqualTo("ready");
                    assertThat(ContainersAtHand.of(directory)).isNotEmpty();
                    assertThat(ContainersAtHand.volumesOf(directory)).isNotEmpty();

                    if (killed) {
                        child.kill();
                    } else {
                        child.terminate();
                    }

                    assertThat(child.process().waitFor()).isEqualTo(killed ? 137 : 143);
                    await().atMost(PATIENCE).untilAsserted(() -> {
                        assertThat(ContainersAtHand.of(directory)).isEmpty();
                        assertThat(ContainersAtHand.volumesOf(directory)).isEmpty();
                        assertThat(directory).doesNotExist();
                    });
                }
            }
        }
    }

    @Test
    void aForgottenVolumeIsRemovedWhenItHasExpiredAndNotBefore() throws Exception {
        ContainerEngine engine = ContainerEngine.find();
        Path forgotten = Path.of("/pitrproof-" + RunDirectory.letters(8));
        Path young = Path.of("/pitrproof-" + RunDirectory.letters(8));
        ContainerClient one =
                ContainerClient.connect(engine, forgotten.toString().substring(1), Duration.ofSeconds(1));
        ContainerClient other = ContainerClient.connect(engine, young.toString().substring(1), Duration.ofHours(1));
        try {
            one.createVolume(1);
            other.createVolume(1);

            await().atMost(PATIENCE).untilAsserted(() -> {
                other.sweep(Instant.now());
                assertThat(ContainersAtHand.volumesOf(forgotten)).isEmpty();
            });

            assertThat(ContainersAtHand.volumesOf(young)).hasSize(1);
        } finally {
            one.removeAll();
            other.removeAll();
        }
        assertThat(ContainersAtHand.volumesOf(young)).isEmpty();
    }

    @Test
    void aContainerEndsByItselfAndTheNextRunRemovesItButNoYoungerOne() throws Exception {
        ContainerOptions young = ContainerOptions.of(null);
        try (Sandbox other = ContainerSandbox.open(ContainersAtHand.major(), young);
                // long enough for it to be seen: whoever else opens a sandbox removes it when it has expired
                Forgotten forgotten = Forgotten.make(Duration.ofSeconds(4))) {
            Cluster source = other.createSource(SourceSettings.of(Map.of()));
            source.awaitReady(PATIENCE);
            source.stop(StopMode.KILL);
            ContainerRun server = forgotten.serve(source.dataDirectory());
            assertThat(ContainersAtHand.of(forgotten.directory())).hasSize(1);

            await().atMost(PATIENCE).until(() -> !server.isRunning());
            // the label has whole seconds, so it may be over a second later than the container
            await().atMost(PATIENCE).untilAsserted(() -> {
                ContainerSandbox.open(ContainersAtHand.major(), young).close();
                assertThat(ContainersAtHand.of(forgotten.directory())).isEmpty();
            });

            assertThat(ContainersAtHand.of(other.directory())).hasSize(1);
        }
    }

    /** A run that leaves its containers behind. */
    private record Forgotten(ContainerPrograms programs) implements AutoCloseable {

        static Forgotten make(Duration lifetime) throws IOException {
            ContainerEngine engine = ContainerEngine.find();
            RunDirectory run = RunDirectory.create(Path.of("/tmp"), ServerUser.find(Optional.empty()));
            ContainerClient client =
                    ContainerClient.connect(engine, String.valueOf(run.path().getFileName()), lifetime);
            ContainerPrograms programs = new ContainerPrograms(
                    client,
                    engine.image(ContainersAtHand.major(), null),
                    ContainersAtHand.major(),
                    run.user(),
                    null,
                    run,
                    null);
            programs.prepare();
            return new Forgotten(programs);
        }

        Path directory() {
            return programs.run().path();
        }

        ContainerRun serve(Path data) throws IOException {
            Path own = programs.run().createPrivate(directory().resolve("own"));
            return programs.start(
                    own.resolve("server.log"),
                    List.of("postgres", "-D", data.toString(), "-c", "unix_socket_directories=" + own),
                    Map.of(own, true, data, true),
                    Set.of());
        }

        @Override
        public void close() throws IOException {
            programs.client().removeAll();
            programs.run().remove();
        }
    }

    private static Running start() throws IOException {
        return Running.start(ChildPrograms.command(List.of(), ChildPrograms.ContainerSource.class));
    }
}
