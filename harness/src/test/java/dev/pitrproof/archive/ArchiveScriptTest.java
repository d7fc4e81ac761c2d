package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pitrproof.wal.LocalPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts, run by sh on real directories, by the commands a server would run. */
class ArchiveScriptTest {

    private static final String SEGMENT = "000000010000000000000007";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private Path archive;
    private Path data;
    private Path archiveScript;
    private Path restoreScript;

    private record Outcome(int code, String errors) {}

    @BeforeEach
    void makeDirectories() throws IOException {
        data = directory.resolve("data");
        Files.createDirectories(data.resolve("pg_wal"));
        archive = Files.createDirectory(directory.resolve("it's 100%p \"our\" $HOME archive"));
        Path scripts = Files.createDirectory(directory.resolve("some scripts"));
        archiveScript = ArchiveScript.writeArchiveScript(scripts);
        restoreScript = ArchiveScript.writeRestoreScript(scripts);
    }

    /** What the server does with a command: replaces %f, %p and %%, then hands it to sh in the data directory. */
    private ProcessBuilder serverRuns(String command, String file, String path) {
        StringBuilder text = new StringBuilder();
        boolean placeholder = false;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (!placeholder && c != '%') {
                text.append(c);
            } else if (placeholder) {
                switch (c) {
                    case 'f' -> text.append(file);
                    case 'p' -> text.append(path);
                    case '%' -> text.append('%');
                    default -> throw new AssertionError("unknown placeholder in " + command);
                }
            }
            placeholder = !placeholder && c == '%';
        }
        return new ProcessBuilder("sh", "-c", text.toString()).directory(data.toFile());
    }

    private static Outcome run(ProcessBuilder command) throws IOException, InterruptedException {
        Process process =
                command.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), errors);
    }

    private Outcome archive(Path to, String name) throws IOException, InterruptedException {
        return run(serverRuns(ArchiveScript.archiveCommand(archiveScript, to), name, "pg_wal/" + name));
    }

    private Path write(String name, int bytes, int content) throws IOException {
        byte[] all = new byte[bytes];
        Arrays.fill(all, (byte) content);
        return Files.write(data.resolve("pg_wal").resolve(name), all);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void archivesAFileAndLeavesNothingElse() throws Exception {
        Path segment = write(SEGMENT, 1 << 20, 7);

        assertThat(archive(archive, SEGMENT)).isEqualTo(new Outcome(0, ""));

        assertThat(names(archive)).containsExactly(SEGMENT);
        assertThat(archive.resolve(SEGMENT)).hasSameBinaryContentAs(segment);
    }

    @Test
    void acceptsTheSameFileTwice() throws Exception {
        write(SEGMENT, 1 << 20, 7);
        archive(archive, SEGMENT);

        assertThat(archive(archive, SEGMENT)).isEqualTo(new Outcome(0, ""));
        assertThat(names(archive)).containsExactly(SEGMENT);
    }

    @Test
    void refusesDifferentContentAndKeepsTheFirst() throws Exception {
        write(SEGMENT, 1 << 20, 7);
        archive(archive, SEGMENT);
        write(SEGMENT, 1 << 20, 8);

        Outcome outcome = archive(archive, SEGMENT);

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.errors())
                .contains("already archived with different content")
                .contains("HINT:");
        assertThat(Files.readAllBytes(archive.resolve(SEGMENT))[0]).isEqualTo((byte) 7);
        assertThat(names(archive)).containsExactly(SEGMENT);
    }

    @Test
    void failsWithinTheServersRangeOnAReadOnlyArchive() throws Exception {
        write(SEGMENT, 1 << 20, 7);
        ProcessBuilder command =
                serverRuns(ArchiveScript.archiveCommand(archiveScript, archive), SEGMENT, "pg_wal/" + SEGMENT);
        if (LocalPostgres.isRoot()) { // whom permissions do not stop
            command.command().addAll(0, List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("r-xr-xr-x"));

        Outcome outcome = run(command);

        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.errors()).contains("archive-wal.sh: cannot write");
        assertThat(names(archive)).isEmpty();
    }

    @Test
    void leavesNothingOnAFullDisk() throws Exception {
        assumeTrue(LocalPostgres.isRoot(), "only root can mount a small file system");
        Path small = Files.createDirectory(directory.resolve("small"));
        int mounted = run(new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", small.toString()))
                .code();
        assumeTrue(mounted == 0, "this machine lets nobody mount");
        try {
            write(SEGMENT, 1 << 20, 7);

            Outcome outcome = archive(small, SEGMENT);

            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.errors()).contains("cannot write");
            assertThat(names(small)).isEmpty();
        } finally {
            run(new ProcessBuilder("umount", small.toString()));
        }
    }

    @Test
    void showsNoHalfFileWhenItIsKilledAndRecoversFromThat() throws Exception {
        Path pipe = data.resolve("pg_wal").resolve(SEGMENT);
        // cp itself cannot be slowed down, so a stand-in writes half of the file and waits to be killed
        Path stuck = Files.createDirectory(directory.resolve("bin")).resolve("cp");
        Files.writeString(stuck, "#!/bin/sh\nhead -c 1000 \"$1\" >\"$2\"\nexec sleep 600\n");
        Files.setPosixFilePermissions(stuck, PosixFilePermissions.fromString("rwxr-xr-x"));
        write(SEGMENT, 1 << 20, 7);
        ProcessBuilder command =
                serverRuns(ArchiveScript.archiveCommand(archiveScript, archive), SEGMENT, "pg_wal/" + SEGMENT);
        command.environment().merge("PATH", stuck.getParent() + ":", (path, first) -> first + path);
        Process process = command.start();
        Awaitility.await().until(() -> names(archive).stream().anyMatch(name -> name.endsWith(".unfinished")));

        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        all.forEach(ProcessHandle::destroyForcibly);

        assertThat(names(archive)).isNotEmpty().doesNotContain(SEGMENT);
        assertThat(archive(archive, SEGMENT)).isEqualTo(new Outcome(0, ""));
        assertThat(names(archive)).as("what was left behind is gone").containsExactly(SEGMENT);
        assertThat(archive.resolve(SEGMENT)).hasSameBinaryContentAs(pipe);
    }

    @Test
    void archivesOverAFileSystemWithoutLinks() throws Exception {
        Path refusing = Files.createDirectory(directory.resolve("bin")).resolve("ln");
        Files.writeString(refusing, "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(refusing, PosixFilePermissions.fromString("rwxr-xr-x"));
        write(SEGMENT, 1 << 20, 7);
        ProcessBuilder command =
                serverRuns(ArchiveScript.archiveCommand(archiveScript, archive), SEGMENT, "pg_wal/" + SEGMENT);
        command.environment().merge("PATH", refusing.getParent() + ":", (path, first) -> first + path);

        assertThat(run(command)).isEqualTo(new Outcome(0, ""));
        assertThat(names(archive)).containsExactly(SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no such archive", "a file"})
    void failsWithinTheServersRangeWithoutAnArchive(String name) throws Exception {
        write(SEGMENT, 1 << 20, 7);
        Files.writeString(directory.resolve("a file"), "");

        Outcome outcome = archive(directory.resolve(name), SEGMENT);

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.errors()).contains("is not a directory");
    }

    private Outcome restore(String name) throws IOException, InterruptedException {
        Path planned = directory.resolve("planned files");
        if (!Files.exists(planned)) {
            Files.writeString(planned, SEGMENT + "\n00000002.history\n");
        }
        return run(serverRuns(
                ArchiveScript.restoreCommand(restoreScript, archive, planned, directory.resolve("the journal")),
                name,
                "pg_wal/RECOVERYXLOG"));
    }

    private List<String> journal() throws IOException {
        return Files.readAllLines(directory.resolve("the journal"));
    }

    @Test
    void restoresAPlannedFile() throws Exception {
        byte[] content = {1, 2, 3};
        Files.write(archive.resolve(SEGMENT), content);

        assertThat(restore(SEGMENT)).isEqualTo(new Outcome(0, ""));

        assertThat(data.resolve("pg_wal/RECOVERYXLOG")).hasBinaryContent(content);
        assertThat(names(data.resolve("pg_wal"))).containsExactly("RECOVERYXLOG");
        assertThat(journal()).containsExactly(SEGMENT + " restored 3");
    }

    @Test
    void anUnknownFileIsTheEndOfTheArchive() throws Exception {
        Files.write(archive.resolve("000000010000000000000008"), new byte[] {1});

        assertThat(restore("000000010000000000000008")).isEqualTo(new Outcome(1, ""));
        assertThat(restore("00000002")).as("part of a planned name").isEqualTo(new Outcome(1, ""));

        assertThat(names(data.resolve("pg_wal"))).isEmpty();
        assertThat(journal()).containsExactly("000000010000000000000008 unknown 0", "00000002 unknown 0");
    }

    @Test
    void aPlannedFileThatIsGoneStopsTheServer() throws Exception {
        Outcome outcome = restore(SEGMENT);

        assertThat(outcome.code()).isEqualTo(200);
        assertThat(outcome.errors()).contains("restore-wal.sh: cannot copy");
        assertThat(journal()).containsExactly(SEGMENT + " failed 0");
    }

    @Test
    void aPlanThatCannotBeReadStopsTheServer() throws Exception {
        Files.createDirectory(directory.resolve("planned files"));

        assertThat(restore(SEGMENT).code()).isEqualTo(200);
    }

    @Test
    void aJournalThatCannotBeWrittenStopsTheServer() throws Exception {
        Files.write(archive.resolve(SEGMENT), new byte[] {1});
        Files.createDirectory(directory.resolve("the journal"));

        assertThat(restore(SEGMENT).code()).isEqualTo(200);
    }

    @Test
    void aPathWithALineEndCannotBeASetting() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArchiveScript.archiveCommand(archiveScript, Path.of("/a\nb")))
                .withMessageContaining("contains a line end");
    }
}
