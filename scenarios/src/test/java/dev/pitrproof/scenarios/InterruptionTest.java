package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenarios.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that is stopped from outside, wherever it is, leaves neither a process nor a file of its sandbox. */
class InterruptionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    Program program;

    /** A moment of a run, recognized by what it has done so far. */
    enum Moment {
        INITDB {
            @Override
            boolean hasCome(Program program) throws IOException {
                try (Stream<Path> runs = Files.list(program.temporary())) {
                    return runs.anyMatch(run -> Files.exists(run.resolve("c1/data/PG_VERSION")));
                }
            }
        },
        STORY {
            @Override
            boolean hasCome(Program program) throws IOException {
                return program.out().contains("  workload  ");
            }
        },
        RESTORE {
            @Override
            boolean hasCome(Program program) throws IOException {
                return program.out().contains("restore 1 of ");
            }
        };

        abstract boolean hasCome(Program program) throws IOException;
    }

    @BeforeEach
    void prepare() throws IOException, InterruptedException {
        program = Program.in(directory);
        // a build in the background may have been told to ignore SIGINT, and so would all it starts
        Process env = new ProcessBuilder("env", "--default-signal=INT", "true")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (env.waitFor() == 0) {
            program.behind("env", "--default-signal=INT");
        }
    }

    @ParameterizedTest(name = "SIG{0} in {2}")
    @CsvSource({
        "INT,  130, INITDB",
        "INT,  130, STORY",
        "INT,  130, RESTORE",
        "TERM, 143, INITDB",
        "TERM, 143, STORY",
        "TERM, 143, RESTORE"
    })
    void cleansUpAndSaysSoInOneLine(String signal, int exitCode, Moment moment) throws Exception {
        Process process = runUntil(moment);

        kill(signal, process);
        Ended ended = program.await(process);

        assertThat(ended.exitCode()).isEqualTo(exitCode);
        // before it, on a slow machine, a line every ten seconds says how far it is
        assertThat(ended.errLines())
                .endsWith("pitrproof: interrupted; what it had made is being removed")
                .satisfiesOnlyOnce(line -> assertThat(line).contains("interrupted"))
                .allMatch(line -> line.startsWith("pitrproof: "))
                .noneMatch(line -> line.contains("error") || line.contains("Exception"));
        assertThat(ended.out()).doesNotContain("UNPROVEN", "REFUTED", "drills ended");
        assertThat(program.leftovers()).isEmpty();
        assertThat(containers()).isEmpty();
        // whose parent is gone may take a moment to be gone as well
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(program.servers()).isEmpty());
    }

    @ParameterizedTest(name = "SIGKILL in {0}")
    @EnumSource(Moment.class)
    void theKeeperCleansUpAfterAKill(Moment moment) throws Exception {
        Process process = runUntil(moment);

        kill("KILL", process);
        Ended ended = program.await(process);

        assertThat(ended.exitCode()).isEqualTo(128 + 9);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(program.leftovers()).isEmpty();
            assertThat(containers()).isEmpty();
            assertThat(program.servers()).isEmpty();
        });
    }

    /** Which kind of sandbox is interrupted. */
    String sandbox() {
        return "process";
    }

    int major() throws SandboxException {
        return 18;
    }

    /** What the program may not leave behind besides files and processes. */
    List<String> containers() throws IOException, InterruptedException {
        return List.of();
    }

    private Process runUntil(Moment moment) throws IOException {
        Path file = Files.writeString(program.work().resolve("scenario.yaml"), Scripts.droppedTable("13:59"));
        Process process = program.start("run", "--sandbox=" + sandbox(), "--postgres=" + major(), file.toString());
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> moment.hasCome(program) || !process.isAlive());
        assertThat(process.isAlive()).as("runs until %s", moment).isTrue();
        return process;
    }

    private static void kill(String signal, Process process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
