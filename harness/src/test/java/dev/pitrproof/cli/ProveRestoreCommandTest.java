package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WAL that {@code prove} gets from a command, which may not be there, have nothing, or hang. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ProveRestoreCommandTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static StockBackups stock;

    @TempDir
    Path scratch;

    @BeforeAll
    static void makeThem() throws IOException {
        stock = StockBackups.make();
    }

    @AfterAll
    static void removeThem() throws IOException {
        stock.close();
    }

    private ProveRun prove(String restoreCommand) {
        return ProveRun.run(
                stock.plain(),
                null,
                scratch.resolve("out"),
                List.of("--restore-command=" + restoreCommand, "--target-time=" + stock.good()));
    }

    @Test
    void aCommandThatCannotRunProvesNothing() {
        ProveRun run = prove("no-such-program %f %p");

        assertThat(run.code()).as(run.out()).isEqualTo(3);
        assertThat(run.out()).contains("the restore command failed for").contains("with exit code 127");
    }

    @Test
    void aCommandThatHasNothingProvesNothing() {
        ProveRun run = prove("false %f %p");

        assertThat(run.code()).as(run.out()).isEqualTo(3);
        assertThat(run.out()).contains("the restore command has no segment 0000000100000000000000");
    }

    @Test
    void aCommandThatHangsEndsWithTheProgram() throws IOException {
        Path hanging = scratch.resolve("hanging");
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "prove",
                        "--sandbox=process",
                        "--output=" + scratch.resolve("out"),
                        "--backup=" + stock.plain(),
                        "--restore-command=sleep 3600 & echo $! $$ > " + hanging + " && wait # %f %p",
                        "--target-time=" + stock.good())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(PATIENCE)
                    .until(() ->
                            Files.exists(hanging) && Files.readString(hanging).endsWith("\n"));
            List<ProcessHandle> started = Stream.of(
                            Files.readString(hanging).strip().split(" "))
                    .map(Long::valueOf)
                    .map(id -> ProcessHandle.of(id).orElseThrow())
                    .toList();

            program.toHandle().destroy(); // SIGTERM, as Jenkins sends it

            assertThat(program.onExit().join().exitValue()).isEqualTo(143);
            await().atMost(PATIENCE).until(() -> started.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            program.destroyForcibly();
        }
    }
}
