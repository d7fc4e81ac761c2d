package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One file for each mistake that a scenario can have, named by the mistake, beside the exact words that answer it. */
class ScenarioDefectsTest {

    static final Path DEFECTS = Path.of("src", "test", "resources", "dev", "pitrproof", "scenario", "defects");

    static List<Path> defects() throws IOException {
        try (Stream<Path> files = Files.walk(DEFECTS)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("defects")
    void isAnsweredInTheseWords(Path file) throws IOException {
        String expected = Files.readString(Path.of(file.toString().replace(".yaml", ".txt")));

        InvalidScenario invalid = catchThrowableOfType(InvalidScenario.class, () -> ScenarioReader.read(file));

        assertThat(invalid).isNotNull();
        assertThat(String.valueOf(invalid.getMessage()).replace(file.toString(), String.valueOf(file.getFileName()))
                        + "\n")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("defects")
    void isOneLineForEachProblemAndOneForItsHint(Path file) {
        InvalidScenario invalid = catchThrowableOfType(InvalidScenario.class, () -> ScenarioReader.read(file));

        assertThat(invalid.problems()).allSatisfy(problem -> {
            assertThat(problem.message())
                    .doesNotContain("\n")
                    .doesNotEndWith(".")
                    .doesNotStartWith("java.");
            assertThat(String.valueOf(problem.hint())).doesNotContain("\n").doesNotEndWith(".");
            assertThat(problem.position().line()).isPositive();
            assertThat(problem.position().column()).isPositive();
        });
    }

    @Test
    void fiveMistakesAreReportedInOneRun() {
        Path file = DEFECTS.resolve("schema-sees").resolve("five-mistakes.yaml");

        InvalidScenario invalid = catchThrowableOfType(InvalidScenario.class, () -> ScenarioReader.read(file));

        assertThat(invalid.problems())
                .extracting(problem ->
                        problem.position().line() + ":" + problem.position().column())
                .containsExactly("2:45", "6:36", "9:9", "14:11", "17:26");
    }
}
