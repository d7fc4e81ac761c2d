package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that people start, in a checkout of its own, before there is a Java machine to say anything. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class LauncherTest {

    @TempDir
    private Path checkout;

    @BeforeEach
    void copyIt() throws IOException {
        Files.copy(Path.of("..", "pitrproof"), checkout.resolve("pitrproof"));
        Files.createDirectory(checkout.resolve("harness"));
        Files.writeString(checkout.resolve("pom.xml"), "");
    }

    private record Ended(int exitCode, String said) {}

    private Ended run(Map<String, String> environment, String script) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder(List.of("sh", "-c", script))
                .directory(checkout.toFile())
                .redirectErrorStream(true);
        shell.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        shell.environment().putAll(environment);
        Process process = shell.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said);
    }

    @Test
    void whoCannotWriteToTheCheckoutIsToldWhoCan() throws Exception {
        Files.writeString(checkout.resolve("harness/target"), "in the way");

        Ended ended = run(Map.of(), "./pitrproof --version");

        assertThat(ended.said())
                .startsWith("pitrproof: error: pitrproof has to be built, and this user cannot write to "
                        + checkout.toRealPath() + "/harness/target\nHINT: let its owner build it")
                .hasLineCount(2);
        assertThat(ended.exitCode()).isEqualTo(3);
    }

    /** A Java home whose java runs the classes of this test instead of the jar. */
    private Map<String, String> javaOfThisTest() throws IOException {
        Files.createDirectory(checkout.resolve("harness/target"));
        Files.createFile(checkout.resolve("harness/target/pitrproof.jar"));
        Path java = Files.createDirectories(checkout.resolve("java/bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                while [ "$1" != -jar ]; do shift; done
                shift 2
                exec "%s/bin/java" -cp "%s" dev.pitrproof.cli.Main "$@"
                """.formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Map.of("JAVA_HOME", checkout.resolve("java").toString());
    }

    /** Cron jobs and services have no locale at all. */
    @Test
    void namesOfFilesMayHaveAnyCharactersWhateverTheLocale() throws Exception {
        Files.copy(Path.of("../scenarios/dropped-table.yaml"), checkout.resolve("scenario.yaml"));
        Map<String, String> java = javaOfThisTest();

        for (String locale : List.of("LANG=", "LC_ALL=C", "LANG=xx_XX.UTF-8", "LC_ALL=C.UTF-8")) {
            Ended ended = run(
                    java,
                    "set -e; name=$(printf 'h\\303\\266chste Schicht'); mkdir -p \"$name\"; cp scenario.yaml \"$name\";"
                            + " export " + locale + "; ./pitrproof check \"$name/scenario.yaml\"");

            assertThat(ended.exitCode()).as(locale + ": " + ended.said()).isZero();
            assertThat(ended.said()).as(locale).contains("ok: 1 scenario");
        }
    }
}
