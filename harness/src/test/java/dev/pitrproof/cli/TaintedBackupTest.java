package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A page that was damaged on the server before the backup: the manifest vouches for it, for it was sent as it is. The
 * backup carries a mark, so that nobody who finds it later takes it for a sound one.
 */
@Timeout(300)
class TaintedBackupTest {

    private static LocalServer server;
    private static String damagedFile;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @BeforeAll
    static void damageAPage() throws IOException {
        server = LocalServer.start();
        server.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g", "CHECKPOINT");
        damagedFile = server.query("SELECT pg_relation_filepath('t')");
        try (RandomAccessFile heap =
                new RandomAccessFile(server.dataDirectory().resolve(damagedFile).toFile(), "rw")) {
            heap.seek(8192 + 4000);
            int flipped = heap.read() ^ 1;
            heap.seek(8192 + 4000);
            heap.write(flipped);
        }
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private int pitrproof(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(arguments);
    }

    private int basebackup(Path target, String... further) {
        List<String> arguments = new ArrayList<>(List.of(
                "basebackup", "-h" + server.socketDirectory(), "-p" + server.port(), "-Upostgres", "-cfast", "-N"));
        arguments.add("-D" + target);
        arguments.addAll(Arrays.asList(further));
        return pitrproof(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"-Fp, plain", "-Ft, tar", "-Ft -Zgzip:1, gzip"})
    void saysSoWhoeverLooksAtItLater(String options, String name) throws IOException {
        Path target = server.newPath(name);

        assertThat(basebackup(target, options.split(" "))).isEqualTo(1);
        assertThat(err.toString()).contains("is complete but damaged");
        String said = "checksum verification failed in file \"./" + damagedFile + "\", block 1";
        assertThat(target.resolve("backup_damage"))
                .content()
                .contains("checksum verification failure during base backup")
                .contains(said);

        assertThat(pitrproof("verifybackup", target.toString())).isEqualTo(1);
        assertThat(out.toString())
                .contains("found when the backup was taken, says \"backup_damage\": " + said)
                .contains("DAMAGED, ")
                .doesNotContain("present on disk but not in the manifest");
        assertThat(pitrproof("verifybackup", "--json", target.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("\"kind\":\"tainted\"");
    }

    @Test
    void pgVerifybackupNamesTheMarkAndNothingElseAndAServerStarts() throws IOException {
        Path target = server.newPath("foreign");
        assertThat(basebackup(target)).isEqualTo(1);

        assertThat(server.complaints(target)).contains("\"backup_damage\" is present on disk but not in the manifest");
        assertThat(server.complaints(target, "--ignore=backup_damage")).isEmpty();
        try (LocalServer restored = server.startOn(target)) {
            assertThat(restored.query("SELECT count(*) > 100 FROM pg_class")).isEqualTo("t");
        }
    }

    @Test
    void isNoProof() throws IOException {
        Path target = server.newPath("proved");
        assertThat(basebackup(target)).isEqualTo(1);
        assertThat(BaseBackup.open(target).isSound()).isFalse();

        ProveRun proof = ProveRun.run(
                target, target.resolve("pg_wal"), directory, List.of("--target-immediate", "--no-structure"));

        assertThat(proof.code()).isEqualTo(1);
        assertThat(proof.claim("backup-intact").code()).isEqualTo("BACKUP_DAMAGED");
        assertThat(proof.claim("backup-intact").found()).contains("found when the backup was taken");
    }

    @Test
    void aBackupInWhichNobodyLookedAtThePagesHasNoMark() {
        Path target = server.newPath("unlooked");

        assertThat(basebackup(target, "--no-verify-checksums")).isZero();

        assertThat(target.resolve("backup_damage")).doesNotExist();
        assertThat(pitrproof("verifybackup", target.toString())).isZero();
    }

    @Test
    void standsInTheStreamOnStandardOutput() throws Exception {
        Path stdout = Files.createDirectory(directory.resolve("stdout"));
        Path tar = stdout.resolve("base.tar");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.pitrproof.cli.Main",
                        "basebackup",
                        "-h" + server.socketDirectory(),
                        "-p" + server.port(),
                        "-Upostgres",
                        "-cfast",
                        "-Ft",
                        "-Xfetch",
                        "-D-")
                .redirectOutput(tar.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isEqualTo(1);

        String members = text("tar", "-tf", tar.toString());
        assertThat(members).endsWith("backup_damage\nbackup_manifest\n");
        text("tar", "-xf", tar.toString(), "-C", stdout.toString(), "backup_manifest");

        assertThat(pitrproof("verifybackup", stdout.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("found when the backup was taken, says \"backup_damage\"");
    }

    private static String text(String... command) throws IOException {
        try (var in = new ProcessBuilder(command).start().getInputStream()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
