package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.UnpackedTar;
import dev.pitrproof.replication.LocalServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backup on standard output, of the program as a process of its own. */
class BasebackupStdoutTest {

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

    /** Standard error; standard output goes into a file. */
    private static String basebackup(Path output, int exitCode, String... further) throws Exception {
        List<String> command = new ArrayList<>(List.of(
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
                "-D-"));
        command.addAll(Arrays.asList(further));
        Path errors = Path.of(output + ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .redirectInput(new File("/dev/null"))
                .start();
        assertThat(process.waitFor()).as(Files.readString(errors)).isEqualTo(exitCode);
        return Files.readString(errors);
    }

    @ParameterizedTest
    @CsvSource({"none,tar", "gzip:1,tar.gz", "client-lz4,tar.lz4", "zstd,tar.zst"})
    void isOneTarStreamWithTheManifestAtItsEnd(String compression, String suffix, @TempDir Path temporary)
            throws Exception {
        Path tar = temporary.resolve("stdout." + suffix);

        assertThat(basebackup(tar, 0, "-Xfetch", "-Z", compression)).isEmpty();

        Path unpacked = server.createDirectory("unpacked-" + suffix);
        assertThat(UnpackedTar.into(unpacked, tar)).endsWith("backup_manifest");
        assertThat(server.verifyBackup(unpacked)).contains("backup successfully verified");
        try (LocalServer restored = server.startOn(unpacked)) {
            assertThat(restored.query("SELECT count(*) > 100 FROM pg_class")).isEqualTo("t");
        }
    }

    @Test
    void refusesASecondTablespaceBeforeItWritesAnything(@TempDir Path temporary) throws Exception {
        server.sql("CREATE TABLESPACE other LOCATION '" + server.createDirectory("other") + "'");
        try {
            Path tar = temporary.resolve("stdout.tar");

            assertThat(basebackup(tar, 3, "-Xnone"))
                    .startsWith("pitrproof: error: can only write a single tablespace to standard output,"
                            + " the cluster has 2")
                    .contains("HINT: name a directory with --pgdata");
            assertThat(tar).isEmptyFile();
        } finally {
            server.sql("DROP TABLESPACE other");
        }
    }
}
