package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.sun.security.auth.module.UnixSystem;
import dev.pitrproof.sandbox.ChildPrograms.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process sandbox: what it promises besides the contract, on a PostgreSQL that is on this machine already. */
final class ProcessSandboxTest extends SandboxContract {

    @Override
    Sandbox open() throws SandboxException {
        return ProcessSandbox.open(atHand());
    }

    private static PostgresBinaries atHand() throws SandboxException {
        return PostgresBinaries.find(
                PostgresBinaries.majorsAvailable().stream()
                        .filter(PostgresBinaries.majorsAtHand()::contains)
                        .findFirst()
                        .orElse(PostgresBinaries.majorsAvailable().get(0)),
                null,
                message -> {});
    }

    @Test
    void closingLeavesNoProcessAndNoDirectory() throws Exception {
        readySource(Map.of());
        readySource(Map.of());
        Path directory = sandbox().directory();
        assertThat(processesOf(directory)).isNotEmpty();

        sandbox().close();

        assertThat(processesOf(directory)).isEmpty();
        assertThat(directory).doesNotExist();
    }

    @Test
    void noTcpPortIsOpen() throws Exception {
        Cluster source = readySource(Map.of());
        Path process = Path.of("/proc", Long.toString(source.processId()));

        List<String> sockets = socketsOf(process);
        assertThat(sockets).as("the unix socket at least").isNotEmpty();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            Path file = process.resolve("net").resolve(table);
            if (Files.exists(file)) {
                assertThat(Files.readAllLines(file).stream().skip(1).map(line -> line.trim()
                                .split("\\s+", -1)[9]))
                        .as(table)
                        .doesNotContainAnyElementsOf(sockets);
            }
        }
    }

    @Test
    void isolationOfTheNetworkIsClaimedWhereItIsSo() throws Exception {
        Cluster source = readySource(Map.of());
        execute(source.connection(), "CREATE TABLE device (line text)");
        execute(source.connection(), "COPY device FROM PROGRAM 'tail -n +3 /proc/net/dev'");

        boolean onlyLoopback = query(source.connection(), "SELECT count(*) FROM device WHERE line !~ '^ *lo:'")
                .equals("0");
        assertThat(sandbox().isolation())
                .contains(new IsolationFact("network", onlyLoopback ? "enforced" : "not-enforced"));
    }

    @Test
    void theServerIsNobodysThatMatters() throws Exception {
        Cluster source = readySource(Map.of());

        int owner = (int) Files.getAttribute(source.dataDirectory(), "unix:uid");
        assertThat(owner).isNotZero();
        assertThat(Files.getAttribute(Path.of("/proc", Long.toString(source.processId())), "unix:uid"))
                .isEqualTo(owner);
        if (new UnixSystem().getUid() != 0) {
            assertThat((long) owner).isEqualTo(new UnixSystem().getUid());
        }
    }

    @Test
    void othersCannotGetToTheSocketOrTheData() throws Exception {
        Cluster source = readySource(Map.of());

        assertThat(permissions(sandbox().directory())).isEqualTo("rwx--x--x");
        assertThat(permissions(source.dataDirectory())).isEqualTo("rwx------");
        assertThat(permissions(Path.of(source.connection().host()))).isEqualTo("rwx------");
        assertThat(permissions(sandbox().createDirectory("mine"))).isEqualTo("rwx------");
    }

    @Test
    void thePasswordIsOnNoCommandLineAndInNoFile() throws Exception {
        Cluster source = readySource(Map.of());
        String password = String.valueOf(source.connection().password());

        assertThat(password).hasSizeGreaterThan(20);
        assertThat(source.connection().toString()).doesNotContain(password);
        try (Stream<Path> files = Files.walk(sandbox().directory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(password);
            }
        }
    }

    @Test
    void aKilledProgramLeavesNothing() throws Exception {
        try (Running child = Running.start(ChildPrograms.command(List.of(), ChildPrograms.Source.class))) {
            Path directory = Path.of(child.line());
            assertThat(child.line()).isEqualTo("ready");
            assertThat(processesOf(directory)).isNotEmpty();

            child.kill();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(directory).doesNotExist());
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(processesOf(directory)).isEmpty());
        }
    }

    @Test
    void aProgramKilledWhileItMakesAClusterLeavesNothing() throws Exception {
        try (Running child = Running.start(ChildPrograms.command(List.of(), ChildPrograms.Source.class))) {
            Path directory = Path.of(child.line());
            await().pollInterval(java.time.Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(directory.resolve("c1/data/PG_VERSION")));

            child.kill();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(directory).doesNotExist());
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(processesOf(directory)).isEmpty());
        }
    }

    @Test
    void aTerminatedProgramCleansUpBeforeItEnds() throws Exception {
        try (Running child = Running.start(ChildPrograms.command(List.of(), ChildPrograms.Source.class))) {
            Path directory = Path.of(child.line());
            assertThat(child.line()).isEqualTo("ready");

            child.terminate();

            assertThat(child.process().waitFor()).isEqualTo(143);
            assertThat(directory).doesNotExist();
            assertThat(processesOf(directory)).isEmpty();
        }
    }

    @Test
    void aMissingTemporaryDirectoryIsTheEnvironmentsFault(@TempDir Path parent) throws Exception {
        PostgresBinaries binaries = atHand();
        Path missing = Path.of("/tmp", parent.getFileName() + "-missing");

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ProcessSandbox.open(binaries, missing, ServerUser.find(Optional.empty())))
                .withMessageStartingWith("cannot create a directory in " + missing)
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(SandboxException.Kind.ENVIRONMENT);
                    assertThat(failure.hint()).contains("PITRPROOF_TMPDIR");
                });
    }

    @Test
    void aTemporaryDirectoryTooDeepForASocketIsNotUsed() throws Exception {
        PostgresBinaries binaries = atHand();
        Path deep = Path.of("/tmp", "d".repeat(100));

        try (Sandbox sandbox = ProcessSandbox.open(binaries, deep, ServerUser.find(Optional.empty()))) {
            assertThat(sandbox.directory()).hasParent(Path.of("/tmp"));
            Cluster source = sandbox.createSource(SourceSettings.of(Map.of()));
            source.awaitReady(PATIENCE);
            assertThat(query(source.connection(), "SELECT 1")).isEqualTo("1");
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** The processes that name the directory on their command line. */
    private static List<String> processesOf(Path directory) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(directory.toString()))
                .toList();
    }

    /** The inode numbers of a process's sockets. */
    private static List<String> socketsOf(Path process) throws IOException {
        List<String> inodes = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            for (Path descriptor : descriptors.toList()) {
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }
}
