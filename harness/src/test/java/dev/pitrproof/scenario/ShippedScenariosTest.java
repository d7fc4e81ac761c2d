package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedScenariosTest {

    static List<Scenario> scenarios() throws InvalidScenario {
        return Shipped.scenarios();
    }

    @Test
    void areNotForgotten() throws Exception {
        try (Stream<Path> files = Files.list(Shipped.DIRECTORY)) {
            assertThat(scenarios())
                    .extracting(scenario -> scenario.name() + ".yaml")
                    .contains("dropped-table.yaml", "missing-wal.yaml")
                    .containsExactlyInAnyOrderElementsOf(files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.endsWith(".yaml"))
                            .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void areNamedLikeTheirFile(Scenario scenario) {
        assertThat(scenario.file()).hasFileName(scenario.name() + ".yaml");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void haveATwinThatMustBeRefuted(Scenario scenario) {
        assertThat(scenario.restores())
                .extracting(restore -> restore.expect().verdict())
                .contains("PROVEN", "REFUTED");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void areShort(Scenario scenario) {
        // where 14 hours stand beside one minute, a shorter story would not tell a minute's times apart
        Duration longest =
                Duration.ofSeconds(Set.of("dropped-table", "dump-or-pitr").contains(scenario.name()) ? 15 : 4);

        assertThat(scenario.clock().lasts()).isBetween(Duration.ofSeconds(2), longest);
    }

    /** The minute from last-good to the accident of the demo is 17.75 ms. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void keepTheirTimesApart(Scenario scenario) {
        Stream<StoryTime> times = Stream.concat(
                scenario.story().stream().map(Step::at),
                scenario.restores().stream().map(restore -> restore.to().time()));
        Duration before = Duration.ofSeconds(-1);
        for (StoryTime time : new TreeSet<>(times.toList())) {
            Duration offset = scenario.clock().offset(time);
            assertThat(offset.minus(before)).as("before %s", time).isGreaterThan(Duration.ofMillis(17));
            before = offset;
        }
    }

    @Test
    void areInTheJar() {
        assertThat(ScenarioReader.class.getResource("/scenarios/dropped-table.yaml"))
                .isNotNull();
    }
}
