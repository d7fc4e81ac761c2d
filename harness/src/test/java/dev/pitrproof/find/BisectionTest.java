package dev.pitrproof.find;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BisectionTest {

    private static Bisection.Outcome search(int states, int lastThatHolds, Set<Integer> asked) {
        return Bisection.<RuntimeException>search(states, (state, number, expected) -> {
            assertThat(asked.add(state)).as("state %d asked once", state).isTrue();
            assertThat(number).isEqualTo(asked.size()).isLessThanOrEqualTo(expected);
            return state <= lastThatHolds;
        });
    }

    @Test
    void everyChangeIsFoundByAsFewProbesAsCanBe() {
        for (int states = 2; states <= 70; states++) {
            for (int last = 0; last < states - 1; last++) {
                Set<Integer> asked = new HashSet<>();

                assertThat(search(states, last, asked)).isEqualTo(new Bisection.Outcome.Between(last));
                int halvings = (int) Math.ceil(Math.log(states - 1) / Math.log(2));
                assertThat(asked).hasSizeLessThanOrEqualTo(2 + halvings);
                assertThat(Bisection.probesMax(states)).isEqualTo(2 + halvings);
            }
        }
    }

    @Test
    void whatNeverHeldOrStillHoldsTakesTheEndsOnly() {
        Set<Integer> asked = new HashSet<>();
        assertThat(search(1000, -1, asked)).isEqualTo(new Bisection.Outcome.NeverHeld());
        assertThat(asked).containsExactly(0);

        asked.clear();
        assertThat(search(1000, 999, asked)).isEqualTo(new Bisection.Outcome.StillHolds());
        assertThat(asked).containsExactlyInAnyOrder(0, 999);
    }
}
