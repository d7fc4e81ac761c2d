package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.scenarios.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a pipeline sees of a run: exit code, standard output, files. */
class ExitCodeTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Program program;

    @BeforeEach
    void prepare() throws IOException {
        program = Program.in(directory);
    }

    /** The jar alone, in a directory without scenarios: it brings its own. */
    @Test
    void zeroWhenEveryDrillEndedAsExpected() throws Exception {
        Ended ended = program.run("run", "--tag=data", "--json");

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        // behind it, a line every ten seconds says how far it is
        assertThat(ended.errLines())
                .startsWith("pitrproof: no scenarios/ here: running those that come with pitrproof")
                .noneMatch(line -> line.contains("error") || line.contains("HINT"));
        List<JsonNode> lines = ended.out().lines().map(JSON::readTree).toList();
        assertThat(lines)
                .extracting(line -> line.path("event").asString())
                .contains("scenario", "moment", "storyEnded", "restore", "drill")
                .endsWith("finished");
        assertThat(lines)
                .filteredOn(line -> line.path("event").asString().equals("drill"))
                .extracting(line -> line.path("verdict").asString())
                .as("bad-update and open-transfer, each with its twin")
                .containsExactly("PROVEN", "REFUTED", "PROVEN", "REFUTED");
        for (JsonNode drill : lines) {
            if (drill.has("evidence")) {
                assertThat(program.work().resolve(drill.path("evidence").asString()))
                        .isRegularFile();
            }
        }
        assertThat(program.work().resolve("target/pitrproof/index.html")).isRegularFile();
        assertThat(program.leftovers()).isEmpty();
    }

    @Test
    void oneWhenADrillIsRefutedUnexpectedly() throws Exception {
        Ended ended = program.run("run", "--output=reports", write(Scripts.droppedTable("14:01")));

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(1);
        assertThat(ended.out())
                .contains("  REFUTED NOT AS EXPECTED  DATA_DIFFERS (expected PROVEN)")
                .contains("  ✓ target-reached: ")
                .contains("  ✗ table-exists: accounts: table accounts does not exist (DATA_DIFFERS, expected: ")
                .contains("    HINT: ")
                .contains("0 of 1 drills ended as expected")
                .endsWith("report: reports/index.html\n")
                .doesNotContain("\u001b");
        assertThat(ended.err()).doesNotContain("\u001b");
        assertThat(program.work().resolve("reports/dropped-table-pg18-1/evidence.json"))
                .isRegularFile();
    }

    @Test
    void threeWhenADrillCouldNotBeCarriedOut() throws Exception {
        Ended ended = program.run("run", "--json", write(broken()));

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(3);
        assertThat(ended.out().lines().map(JSON::readTree))
                .filteredOn(line -> line.path("event").asString().equals("drill"))
                .singleElement()
                .satisfies(drill -> assertThat(drill.path("verdict").asString()).isEqualTo("UNPROVEN"))
                .satisfies(drill -> assertThat(
                                drill.path("claims").path(0).path("found").asString())
                        .contains("scenario.yaml:8:10: error: the setup failed: "));
        assertThat(program.leftovers()).isEmpty();
    }

    @Test
    void coloursAreForTerminalsThatWantThem() throws Exception {
        String file = write(broken());

        Ended coloured = program.javaOption("-Dpitrproof.terminal=out").run("run", file);
        Ended plain = program.environment("NO_COLOR", "1").run("run", file);

        assertThat(coloured.out()).contains("\u001b[1m");
        assertThat(plain.out()).contains("dropped-table").doesNotContain("\u001b");
        assertThat(plain.exitCode()).isEqualTo(coloured.exitCode());
    }

    @Test
    void aReaderThatGoesAwayEndsNothing() throws Exception {
        String file = write(broken());
        program.behind("sh", "-c", "\"$@\" | head -n 1", "sh");

        Ended ended = program.run("run", file);

        assertThat(ended.out().lines()).hasSize(1);
        assertThat(ended.err()).doesNotContain("error");
        assertThat(program.leftovers()).isEmpty();
        assertThat(program.work().resolve("target/pitrproof/index.html")).isRegularFile();
    }

    @Test
    void threeWhenTheReportCannotBeWritten() throws Exception {
        Files.writeString(program.work().resolve("taken"), "a file");

        Ended file = program.run("run", "--output=taken", write(broken()));
        Ended nowhere = program.run("run", "--output=/proc/reports", write(broken()));

        assertThat(file.exitCode()).isEqualTo(3);
        assertThat(file.errLines())
                .containsExactly(
                        "pitrproof: error: cannot write to the output directory taken: it is a file",
                        "HINT: name a directory of your own by --output=DIR");
        assertThat(nowhere.exitCode()).isEqualTo(3);
        assertThat(nowhere.err()).startsWith("pitrproof: error: cannot write to the output directory /proc/reports: ");
        assertThat(file.out() + nowhere.out()).isEmpty();
    }

    private static String broken() throws IOException {
        return Scripts.replace(Scripts.droppedTable("13:59"), "CREATE TABLE accounts", "CREAT TABLE accounts");
    }

    private String write(String text) throws IOException {
        return Files.writeString(program.work().resolve("scenario.yaml"), text).toString();
    }
}
