package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pitrproof.scenarios.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk that fills up is neither the backup's fault nor a pass; it is said in one line, and all is removed. */
class DiskFullTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @ParameterizedTest(name = "in {1}, {0} MB")
    @CsvSource({"5, initdb", "15, initdb", "45, base backup", "65, restore"})
    void isUnprovenWithAHint(int megabytes, String phase) throws Exception {
        Program program = Program.in(directory);
        Path disk = program.temporary();
        assumeThat(exitCode(
                        "mount", "-t", "tmpfs", "-o", "mode=1777,size=" + megabytes + "m", "tmpfs", disk.toString()))
                .as("only root can make a small disk")
                .isZero();
        try {
            String file = Files.writeString(program.work().resolve("scenario.yaml"), Scripts.droppedTable("13:59"))
                    .toString();

            Ended ended = program.run("run", "--sandbox=process", file);

            assertThat(ended.exitCode()).as("%s: %s", phase, ended.err()).isEqualTo(3);
            assertThat(ended.out())
                    .containsOnlyOnce("UNPROVEN NOT AS EXPECTED  ENVIRONMENT (expected PROVEN)")
                    .containsPattern("(No space left on device|not enough space for |wrote only \\d+ of \\d+ bytes)")
                    .containsOnlyOnce("    HINT: free space for the temporary files")
                    .doesNotContain("REFUTED");
            assertThat(program.leftovers()).isEmpty();
            assertThat(program.servers()).isEmpty();
        } finally {
            assertThat(exitCode("umount", disk.toString())).isZero();
        }
    }

    private static int exitCode(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
