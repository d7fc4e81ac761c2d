package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.ScriptedServer;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * A disk that is full wherever something is written: the message names the file, nothing stays that looks like a backup,
 * and with more space the same command works.
 */
@Timeout(180)
class FullDiskTest {

    private static final String FULL = "No space left on device";

    private final StringWriter err = new StringWriter();
    private final ScriptedBackup script = new ScriptedBackup();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    /** What no compression makes smaller. */
    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(7).nextBytes(noise);
        return noise;
    }

    private SmallDisk disk(String options) throws IOException, InterruptedException {
        return SmallDisk.mount(Files.createDirectory(directory.resolve("disk")), options);
    }

    private int run(Callable<Integer> command, String... arguments) throws IOException {
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        try (ScriptedServer server = ScriptedServer.start(script)) {
            all.addAll(List.of("-Unobody", "-dhost=127.0.0.1 sslmode=disable port=" + server.port()));
            return new CommandLine(command).setErr(new PrintWriter(err, true)).execute(all.toArray(String[]::new));
        }
    }

    private int basebackup(Path target, String... further) throws IOException {
        List<String> all = new ArrayList<>(List.of("-D" + target, "--manifest-checksums=SHA256"));
        all.addAll(Arrays.asList(further));
        return run(new BasebackupCommand(), all.toArray(String[]::new));
    }

    private static List<String> names(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void assertSaid(int exitCode, String file) {
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("pitrproof: error: could not ")
                .contains(file)
                .endsWith(FULL);
        assertThat(exitCode).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "-Fp -Xnone, /big",
        "-Ft -Xnone, /base.tar",
        "-Ft -Xnone -Zgzip, /base.tar.gz",
        "-Ft -Xnone -Zlz4, /base.tar.lz4",
        "-Ft -Xnone -Zzstd, /base.tar.zst",
    })
    void underTheFiles(String options, String file) throws Exception {
        script.add("big", noise(3 << 20));
        try (SmallDisk disk = disk("size=2m")) {
            assertSaid(basebackup(disk.path().resolve("backup"), options.split(" ")), file);
            assertThat(names(disk.path())).isEmpty();

            disk.growTo("32m");
            assertThat(basebackup(disk.path().resolve("backup"), options.split(" ")))
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"-Fp", "-Ft"})
    void underTheManifest(String format) throws Exception {
        script.manifest = ("{" + " ".repeat(900_000)).getBytes(StandardCharsets.UTF_8);
        try (SmallDisk disk = disk("size=512k")) {
            assertSaid(basebackup(disk.path().resolve("backup"), format, "-Xnone"), "/backup_manifest.tmp\"");
            assertThat(names(disk.path())).isEmpty();

            disk.growTo("32m");
            script.manifest = null;
            assertThat(basebackup(disk.path().resolve("backup"), format, "-Xnone"))
                    .isZero();
        }
    }

    /** The disk that a scenario's {@code room:} makes small, for which nobody needs to mount one. */
    @Test
    void underABackupThatIsRehearsed() throws Exception {
        script.add("big", noise(3 << 20));
        Path target = directory.resolve("backup");
        try (ScriptedServer server = ScriptedServer.start(script)) {
            ConnectionSettings settings = new ConnectionSettings(
                    "127.0.0.1", server.port(), "postgres", "nobody", null, Map.of("sslmode", "disable"));
            BackupRequest.Builder request =
                    BackupRequest.into(target, "rehearsed").wal(WalMethod.NONE);

            assertThatThrownBy(() -> BaseBackupTaker.take(
                            settings,
                            request.roomBytes(OptionalLong.of(1 << 20)).build(),
                            BackupProgress.SILENT))
                    .hasMessageStartingWith("could not write \"" + target)
                    .hasMessageEndingWith(": " + FULL);
            assertThat(names(directory)).isEmpty();

            BaseBackupTaker.take(
                    settings, request.roomBytes(OptionalLong.of(8 << 20)).build(), BackupProgress.SILENT);
            assertThat(names(directory)).containsExactly("backup");
        }
    }

    @Test
    void underATablespace() throws Exception {
        byte[] large = ScriptedBackup.member("PG_17_202406281", '5', "");
        byte[] file = ScriptedBackup.member("PG_17_202406281/1", '0', noise(3 << 20));
        script.tablespaces.add(0, new @Nullable String[] {"16384", "/x", "1"});
        script.archives.put("16384.tar", join(large, file));
        try (SmallDisk disk = disk("size=2m")) {
            Path target = directory.resolve("backup");
            assertSaid(
                    basebackup(target, "-Xnone", "-T/x=" + disk.path().resolve("space")), "/space/PG_17_202406281/1");
            assertThat(names(disk.path())).isEmpty();
            assertThat(names(directory)).containsExactly("disk");
        }
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void underTheWalOfABackup() throws Exception {
        try (SmallDisk disk = disk("size=512k")) {
            Path target = directory.resolve("backup");
            int exitCode = basebackup(target, "--waldir=" + disk.path().resolve("wal"));

            assertThat(err.toString())
                    .startsWith("pitrproof: error: could not ")
                    .contains("/pg_wal/000000010000000000000002.partial\": " + FULL)
                    .hasLineCount(1);
            assertThat(exitCode).isEqualTo(3);
            assertThat(names(disk.path())).isEmpty();
            assertThat(names(directory)).containsExactly("disk");

            disk.growTo("8m");
            assertThat(basebackup(target, "--waldir=" + disk.path().resolve("wal")))
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "512k, none, 000000010000000000000002.partial, 000000010000000000000002",
        "1536k, gzip, 000000010000000000000002.gz.tmp, 000000010000000000000002.gz",
        "1536k, zstd, 000000010000000000000002.zst.tmp, 000000010000000000000002.zst"
    })
    void underReceivedWal(String size, String compression, String file, String afterwards) throws Exception {
        byte[] wal = ScriptedWal.begin(noise(ScriptedBackup.SEGMENT), 2L * ScriptedBackup.SEGMENT);
        script.wal = wire -> {
            wire.copyBoth();
            for (int at = 0; at < wal.length; at += 1 << 17) {
                wire.wal(2L * ScriptedBackup.SEGMENT + at, Arrays.copyOfRange(wal, at, at + (1 << 17)));
            }
            wire.awaitCopyDone();
            wire.copyDone();
            wire.complete("START_STREAMING");
            wire.ready();
        };
        try (SmallDisk disk = disk("size=" + size)) {
            String[] arguments = {"-D" + disk.path(), "-n", "-E0/300000", "-Z" + compression};
            assertSaid(run(new ReceivewalCommand(), arguments), file);
            assertThat(names(disk.path())).containsExactly("000000010000000000000002.partial");

            disk.growTo("8m");
            assertThat(run(new ReceivewalCommand(), arguments))
                    .as(err.toString())
                    .isZero();
            assertThat(names(disk.path())).containsExactly(afterwards);
        }
    }

    /** Of the program as a process, whose standard output goes where nothing fits, or to somebody who has left. */
    @ParameterizedTest
    @CsvSource({"/dev/full, No space left on device", "closed, Broken pipe"})
    void underStandardOutput(String output, String reason) throws Exception {
        script.add("big", noise(3 << 20));
        Path said = directory.resolve("said");
        try (ScriptedServer server = ScriptedServer.start(script)) {
            ProcessBuilder command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.pitrproof.cli.Main",
                            "basebackup",
                            "-D-",
                            "-Ft",
                            "-Xnone",
                            "-Unobody",
                            "-dhost=127.0.0.1 sslmode=disable port=" + server.port())
                    .redirectError(said.toFile());
            boolean closed = output.equals("closed");
            Process process = (closed ? command : command.redirectOutput(new File(output))).start();
            if (closed) {
                process.getInputStream().close();
            }

            assertThat(process.waitFor()).isEqualTo(3);

            assertThat(Files.readAllLines(said))
                    .containsExactly("pitrproof: error: could not write \"standard output\": " + reason);
        }
    }
}
