package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {

    private static final String SHIPPED = Path.of("..", "scenarios").toString();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @Test
    void countsTheScenariosOfADirectory() throws IOException {
        long scenarios;
        try (Stream<Path> files = Files.list(Path.of(SHIPPED))) {
            scenarios = files.filter(file -> file.toString().endsWith(".yaml")).count();
        }
        assertThat(check(SHIPPED)).isZero();
        assertThat(out).hasToString(lines("ok: " + scenarios + " scenarios"));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void countsAFileOnceHoweverItIsSpelt() {
        assertThat(check(SHIPPED + "/missing-wal.yaml", SHIPPED + "/./missing-wal.yaml"))
                .isZero();
        assertThat(out).hasToString(lines("ok: 1 scenario"));
    }

    @Test
    void reportsTheMistakesOfAllFiles() throws IOException {
        Path first = Files.writeString(directory.resolve("a.yaml"), "scenario: Twice Wrong\nclock: soon\n");
        Path second = Files.writeString(directory.resolve("b.yml"), "");
        Files.writeString(directory.resolve("notes.txt"), "no scenario");

        assertThat(check(SHIPPED, directory.toString())).isEqualTo(2);

        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains(first + ":1:11: error: scenario is \"Twice Wrong\"")
                .contains(first + ":2:8: error: clock is the text \"soon\"")
                .contains(first + ":1:1: error: missing key \"story\" in the scenario")
                .contains(second + ":1:1: error: file is empty")
                .doesNotContain("notes.txt");
    }

    @Test
    void refusesAPathThatIsNotThereAndGoesOn() {
        Path missing = directory.resolve("nowhere");

        assertThat(check(missing.toString(), SHIPPED)).isEqualTo(2);
        assertThat(err)
                .hasToString(lines(missing + ": error: found no such file or directory, expected scenarios\n"
                        + "HINT: name a scenario file, or a directory with *.yaml files in it"));
    }

    @Test
    void isNotContentWithNothing() {
        assertThat(check(directory.toString())).isEqualTo(2);
        assertThat(err.toString())
                .startsWith(directory + ": error: found no *.yaml file in the directory, expected scenarios")
                .contains("HINT: ");
    }

    @Test
    void looksIntoTheDefaultDirectory() {
        assertThat(check()).isEqualTo(2);
        assertThat(err.toString()).startsWith("scenarios: error: found no such file or directory");
    }

    @Test
    void refusesTwoScenariosOfOneName() throws IOException {
        Path copy = Files.copy(Path.of(SHIPPED, "missing-wal.yaml"), directory.resolve("copy.yaml"));

        assertThat(check(SHIPPED, copy.toString())).isEqualTo(2);
        assertThat(err.toString())
                .startsWith(copy + ": error: scenario is named \"missing-wal\" like "
                        + Path.of(SHIPPED, "missing-wal.yaml"));
    }

    @Test
    void setsVariables() {
        assertThat(check("--set", "products=7", SHIPPED)).isZero();
        assertThat(check("--set", "prodcts=7", SHIPPED)).isEqualTo(2);
        assertThat(err)
                .hasToString(lines("--set: error: unknown variable \"prodcts\", expected one that a scenario has\n"
                        + "HINT: did you mean \"products\""));
    }

    private int check(String... arguments) {
        return new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private static String lines(String text) {
        return text + System.lineSeparator();
    }
}
