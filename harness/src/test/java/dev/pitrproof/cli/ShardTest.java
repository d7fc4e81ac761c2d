package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** All parts together are everything, once. */
class ShardTest {

    private static final List<String> IDS = IntStream.range(0, 200)
            .mapToObj(i -> "scenario-" + i + "-pg" + (14 + i % 5))
            .toList();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 300})
    void allPartsTogetherAreEverythingOnce(int of) {
        List<String> all = new ArrayList<>();
        for (int number = 1; number <= of; number++) {
            all.addAll(new Shard(number, of).of(IDS, Function.identity()));
        }

        assertThat(all).containsExactlyInAnyOrderElementsOf(IDS);
    }

    @Test
    void whatElseThereIsDoesNotMatter() {
        Shard shard = new Shard(2, 3);
        List<String> part = shard.of(IDS, Function.identity());

        List<String> ofHalf = shard.of(IDS.subList(0, 100), Function.identity());

        assertThat(part).startsWith(ofHalf.toArray(String[]::new));
        assertThat(part).as("about a third").hasSizeBetween(50, 85);
    }

    /** A scenario that changes its part between versions would be run twice or not at all while they are mixed. */
    @ParameterizedTest
    @CsvSource({"dropped-table-pg18, 2, 2", "dropped-table-pg18, 5, 3", "bad-update-pg15, 2, 1", "bad-update-pg15, 5, 3"
    })
    void isTheSameEverywhereAndForEver(String id, int of, int number) {
        assertThat(new Shard(number, of).holds(id)).isTrue();
    }

    @Test
    void thePipelinesEnvironmentNamesAPart() {
        assertThat(Shard.of(Map.of("CI_NODE_INDEX", "2", "CI_NODE_TOTAL", "3"))).contains(new Shard(2, 3));
        assertThat(Shard.of(Map.of())).isEmpty();
        assertThat(Shard.of(Map.of("CI_NODE_TOTAL", "1")))
                .as("what GitLab sets in every job")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "4, 3", "'', 3", "one, 3", "1, many"})
    void anEnvironmentThatNamesNoneIsNotTakenForEverything(String index, String total) {
        assertThatThrownBy(() -> Shard.of(Map.of("CI_NODE_INDEX", index, "CI_NODE_TOTAL", total)))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("CI_NODE_INDEX is \"" + index + "\" and CI_NODE_TOTAL is \"" + total
                        + "\", expected a part like 1 and 3; --shard says it instead");
    }
}
