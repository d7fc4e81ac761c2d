package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.sun.security.auth.module.UnixSystem;
import dev.pitrproof.backup.BackupFingerprint;
import dev.pitrproof.sandbox.ChildPrograms.Running;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers on a view of somebody else's files: the files stay as they are, and nothing stays mounted. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class OverlayTest {

    private static Sandbox owner;
    private static Path lower;
    private static BackupFingerprint before;

    @BeforeAll
    static void makeADataDirectory() throws Exception {
        assumeThat(new UnixSystem().getUid())
                .as("only root can mount an overlay")
                .isZero();
        owner = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
        Cluster source = owner.createSource(SourceSettings.of(Map.of()));
        source.awaitReady(SandboxContract.PATIENCE);
        SandboxContract.execute(source.connection(), "CREATE TABLE t AS SELECT 42 AS answer");
        source.stop(StopMode.FAST);
        lower = source.dataDirectory();
        Path trial = owner.createDirectory("trial");
        Optional<Overlay> possible = owner.overlay(lower, trial);
        assumeThat(possible)
                .as("this system lets root mount an overlay in " + trial)
                .isPresent();
        possible.get().close();
        assertThat(trial).isEmptyDirectory();
        before = BackupFingerprint.of(lower);
    }

    @AfterAll
    static void removeIt() throws Exception {
        if (owner != null) {
            owner.close();
        }
    }

    private static void assertUntouched() throws Exception {
        assertThat(before.changedTo(BackupFingerprint.of(lower))).isEmpty();
        assertThat(lower.resolve("global/pg_control")).exists();
    }

    /** From all processes, as the mounts of this one. */
    private static void assertNothingMounted(Path directory) throws Exception {
        assertThat(Files.readString(Path.of("/proc/self/mounts"), StandardCharsets.UTF_8))
                .doesNotContain(directory.toString());
    }

    private static void serve(Sandbox sandbox) throws Exception {
        Path data = sandbox.createDirectory("view");
        Overlay overlay = sandbox.overlay(lower, data).orElseThrow();
        sandbox.give(data);
        assertThat(MountPoints.below(sandbox.directory())).containsExactly(data.toRealPath());
        Cluster cluster = sandbox.start(data, Map.of(), "overlaid");
        cluster.awaitReady(SandboxContract.PATIENCE);
        SandboxContract.execute(cluster.connection(), "UPDATE t SET answer = 43");
        SandboxContract.execute(cluster.connection(), "CHECKPOINT");
        assertThat(SandboxContract.query(cluster.connection(), "SELECT answer FROM t"))
                .isEqualTo("43");
        assertUntouched();
        cluster.close();
        overlay.close();

        assertThat(data).isEmptyDirectory();
        assertNothingMounted(sandbox.directory());
        assertUntouched();
    }

    @Test
    void aServerWritesToItsViewAndNotToTheFilesBelow() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}))) {
            serve(sandbox);
        }
    }

    @Test
    void aContainerSeesTheView() throws Exception {
        ContainersAtHand.require();
        assumeThat(ContainerEngine.find().sharesMounts())
                .as("the engine has the same mounts as this program")
                .isTrue();
        assumeThat(ContainersAtHand.major()).as("major of the newest image").isEqualTo(17);
        try (Sandbox sandbox = ContainerSandbox.open(17, ContainerOptions.of(null))) {
            serve(sandbox);
        }
    }

    @Test
    void closingTheSandboxTakesTheViewAwayAndNotWhatItShows() throws Exception {
        Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
        Path data = sandbox.createDirectory("view");
        Overlay overlay = sandbox.overlay(lower, data).orElseThrow();
        sandbox.give(data);
        sandbox.start(data, Map.of(), "overlaid").awaitReady(SandboxContract.PATIENCE);

        sandbox.close();

        assertThat(sandbox.directory()).doesNotExist();
        assertNothingMounted(sandbox.directory());
        assertUntouched();
        overlay.close(); // too late, and no error
    }

    @Test
    void aNewOwnerAndModeCopyNothing() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}))) {
            Path data = sandbox.createDirectory("view");
            assertThat(sandbox.overlay(lower, data)).isPresent();

            sandbox.give(data);

            Path upper = data.resolveSibling("view-layers/upper");
            assertThat(upper).isDirectoryRecursivelyContaining(Files::isRegularFile);
            // a file that was not copied is a hole, and at most a block for its attributes
            assertThat(blocksBelow(upper)).isLessThan(blocksBelow(lower) / 3);
        }
    }

    private static long blocksBelow(Path directory) throws Exception {
        long blocks = 0;
        try (Stream<Path> files = Files.walk(directory)) {
            List<String> command = new ArrayList<>(List.of("stat", "-c", "%b", "--"));
            files.filter(Files::isRegularFile).forEach(file -> command.add(file.toString()));
            for (String line : Subprocess.run(command).output().split("\n", -1)) {
                blocks += line.isBlank() ? 0 : Long.parseLong(line);
            }
        }
        return blocks;
    }

    @Test
    void whatWasChangedCannotBeReachedByTheServersUser() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}))) {
            Path data = sandbox.createDirectory("view");
            assertThat(sandbox.overlay(lower, data)).isPresent();

            Path layers = data.resolveSibling("view-layers");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(layers)))
                    .isEqualTo("rwx------");
            assertThat(Files.getAttribute(layers, "unix:uid")).isEqualTo(0);
        }
    }

    @Test
    void aNameThatWouldBeReadAsAnOptionIsRefused(@TempDir Path directory) throws Exception {
        Path named = Files.createDirectory(directory.resolve("a,b"));
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}))) {
            Path data = sandbox.createDirectory("view");

            assertThat(sandbox.overlay(named, data)).isEmpty();

            assertThat(data).isEmptyDirectory();
            assertThat(data.resolveSibling("view-layers")).doesNotExist();
        }
    }

    @Test
    void aKilledProgramLeavesNoMount() throws Exception {
        try (Running child = start()) {
            Path directory = overlaid(child);

            child.kill();

            await().atMost(SandboxContract.PATIENCE)
                    .untilAsserted(() -> assertThat(directory).doesNotExist());
            assertNothingMounted(directory);
            assertUntouched();
        }
    }

    @Test
    void aTerminatedProgramLeavesNoMount() throws Exception {
        try (Running child = start()) {
            Path directory = overlaid(child);

            child.terminate();

            assertThat(child.process().waitFor()).isEqualTo(143);
            assertThat(directory).doesNotExist();
            assertNothingMounted(directory);
            assertUntouched();
        }
    }

    /** Blanks are what the table of mounts writes in its own way. */
    @Test
    void aKilledProgramLeavesNoMountInADirectoryWithABlankInItsName() throws Exception {
        Path blank = Files.createTempDirectory("with blank");
        Files.setPosixFilePermissions(blank, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Running child = start("-Djava.io.tmpdir=" + blank)) {
            Path directory = overlaid(child);
            assertThat(directory).hasParent(blank);

            child.kill();

            await().atMost(SandboxContract.PATIENCE)
                    .untilAsserted(() -> assertThat(directory).doesNotExist());
            assertThat(MountPoints.below(blank)).isEmpty();
            assertUntouched();
        } finally {
            Files.deleteIfExists(blank);
        }
    }

    private static Running start(String... options) throws Exception {
        return Running.start(
                ChildPrograms.command(List.of(options), ChildPrograms.OverlaidServer.class, lower.toString()));
    }

    private static Path overlaid(Running child) throws Exception {
        Path directory = Path.of(child.line());
        assertThat(child.line()).isEqualTo("ready");
        assertThat(MountPoints.below(directory)).containsExactly(directory.resolve("view"));
        return directory;
    }
}
