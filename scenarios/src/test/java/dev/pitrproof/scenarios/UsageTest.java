package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.scenarios.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes on the command line and in scenario files: exit code 2, one clear line, a hint, and nothing written. */
class UsageTest {

    private static final String FILE = "scenario.yaml";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Program program;

    @BeforeEach
    void prepare() throws IOException {
        program = Program.in(directory);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            frobnicate             | unknown command "frobnicate", expected run, check,
            rum                    | unknown command "rum"
            run --frob             | unknown option "--frob"
            run --tagg=pitr        | unknown option "--tagg=pitr"
            run --postgres=12      | --postgres: PostgreSQL 12 is not supported, expected 14-18
            run --postgres=abc     | invalid value for option '--postgres' (MAJOR): "abc" is not a whole number
            run --seed=x           | invalid value for option '--seed': "x" is not a whole number
            run --shard=4/3        | invalid value for option '--shard': "4/3" is not a part: expected I/N like 1/3
            run --sandbox=cloud    | invalid value for option '--sandbox': expected one of
            run --set=rate         | value for option '--set' (NAME=VALUE) should be in KEY=VALUE format but was rate
            run --tag=nosuch       | no scenario is selected
            run --jobs=0           | --jobs is 0, expected at least 1
            run --jobs=many        | invalid value for option '--jobs': "many" is not a whole number
            """)
    void onTheCommandLine(String commandLine, String message) throws Exception {
        Ended ended = program.run(commandLine.split(" ", -1));

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.errLines())
                .filteredOn(line -> !line.contains("those that come with pitrproof"))
                .hasSize(2)
                .satisfies(lines -> assertThat(lines.get(0)).startsWith("pitrproof: error: " + message))
                .satisfies(lines -> assertThat(lines.get(1)).startsWith("HINT: "));
        assertNothingWritten();
    }

    @Test
    void aSlipOfTheKeyboardIsGuessed() throws Exception {
        assertThat(program.run("rum").err()).contains("HINT: did you mean run? ");
        assertThat(program.run("run", "--tagg=pitr").err()).contains("HINT: did you mean --tag? ");
    }

    @Test
    void withoutACommandShowsWhatThereIs() throws Exception {
        Ended ended = program.run();

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).startsWith("Usage: pitrproof").contains("Commands:", "Start with: ./pitrproof run ");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            postgres: 14-18  | postgres: 9-18      | 5:11: error: postgres is "9-18", expected versions from 14 to 18
            tags:            | tagz:               | 4:1: error: unknown key "tagz" in the scenario
            - at: "13:59"    | -  at: "13:59"      | 18:5: error: found a key with another indentation
            lasts: 3s        | lasts: soon         | 6:45: error: "soon" is not a duration
            same-as:         | same-es:            | 26:9: error: unknown key "same-es" in a claim
            """)
    void inAScenario(String found, String by, String message) throws Exception {
        String text = Scripts.droppedTable("13:59").replaceFirst(Pattern.quote(found), by);
        assertThat(text).isNotEqualTo(Scripts.droppedTable("13:59"));

        Ended ended = run(text);

        assertRefused(ended, FILE + ":" + message);
    }

    @Test
    void aScenarioThatProvesNothing() throws Exception {
        String text = Scripts.droppedTable("13:59");

        assertRefused(
                run(text.substring(0, text.indexOf("    prove:")) + "    prove: []\n"),
                FILE + ":24:12: error: prove is empty");
        assertRefused(run(text.substring(0, text.indexOf("    prove:"))), FILE + ":22:5: error: missing key \"prove\"");
    }

    @Test
    void noScenarioAtAll() throws Exception {
        Files.createDirectory(program.work().resolve("empty"));

        assertRefused(program.run("run", "empty"), "empty: error: found no *.yaml file in the directory");
        assertRefused(program.run("run", "nowhere.yaml"), "nowhere.yaml: error: found no such file or directory");
        assertRefused(run(""), FILE + ":1:1: error: file is empty, expected a scenario");
    }

    @Test
    void aVariableThatNoScenarioHas() throws Exception {
        Ended ended = program.run("run", "--set=prodcts=1");

        assertRefused(ended, "--set: error: unknown variable \"prodcts\"");
        assertThat(ended.err()).contains("HINT: did you mean \"products\"");
    }

    private Ended run(String text) throws IOException, InterruptedException {
        Files.writeString(program.work().resolve(FILE), text);
        Ended ended = program.run("run", FILE);
        Files.delete(program.work().resolve(FILE));
        return ended;
    }

    private void assertRefused(Ended ended, String message) throws IOException {
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains(message).containsPattern("(expected [^\n]+\n|HINT: )");
        assertNothingWritten();
    }

    private void assertNothingWritten() throws IOException {
        assertThat(program.work().resolve("target")).doesNotExist();
        assertThat(program.leftovers()).isEmpty();
    }
}
