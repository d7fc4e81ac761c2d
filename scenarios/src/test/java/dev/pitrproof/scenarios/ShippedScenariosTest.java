package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each drill of the catalogue ends as its scenario says it must, the twins by being refuted. */
class ShippedScenariosTest {

    static Stream<Arguments> scenarios() throws IOException {
        return Scripts.shipped().stream().flatMap(file -> Drills.majors().stream()
                .map(major -> Arguments.of(String.valueOf(file.getFileName()), major, file)));
    }

    @ParameterizedTest(name = "{0} on PostgreSQL {1}")
    @MethodSource("scenarios")
    void endsAsExpected(String name, int major, Path file, @TempDir Path output) throws Exception {
        Scenario scenario = ScenarioReader.read(file);

        List<Evidence> drills = Drills.run(scenario, major, output);

        assertThat(drills).as(name).hasSameSizeAs(scenario.restores()).allSatisfy(drill -> {
            assertThat(drill.asExpected())
                    .as("%s: %s", drill.drill(), drill.claims())
                    .isTrue();
            assertThat(drill.verdict()).isEqualTo(drill.expected().verdict());
            assertThat(EvidenceFile.read(output.resolve(drill.drill()).resolve(EvidenceFile.NAME)))
                    .usingRecursiveComparison()
                    // whose buckets end at fractions of a microsecond, which the file does not keep
                    .ignoringFields("story")
                    .isEqualTo(drill);
        });
    }
}
