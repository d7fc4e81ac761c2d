package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.evidence.Evidence;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Stories that are played at the same time are told one after another. */
class TurnsTest {

    private final List<String> told = new ArrayList<>();
    private final DrillPrinter printer = new DrillPrinter() {
        @Override
        public void say(String message) {
            told.add(message);
        }

        @Override
        public void clock(String storyTime) {
            told.add(storyTime);
        }

        @Override
        public void finished(List<Evidence> drills, Path report) {
            told.add("finished");
        }
    };
    private final Turns turns = new Turns(printer);

    @Test
    void theFirstIsToldAsItGoesAndTheOthersWhenItIsTheirTurn() {
        try (Turns.Turn first = turns.next();
                Turns.Turn second = turns.next();
                Turns.Turn third = turns.next()) {
            second.say("b1");
            first.say("a1");
            third.say("c1");
            assertThat(told).containsExactly("a1");
            third.say("c2");
            third.close();
            first.say("a2");
            first.close();
            assertThat(told).containsExactly("a1", "a2", "b1");
            second.say("b2");
        }
        assertThat(told).containsExactly("a1", "a2", "b1", "b2", "c1", "c2");
    }

    /** What is not passed on would be told of a single story and of no other. */
    @Test
    void everythingIsPassedOn() {
        List<String> passedOn = Stream.of(Turns.Turn.class.getDeclaredMethods())
                .map(Method::getName)
                .toList();

        assertThat(DrillListener.class.getMethods()).extracting(Method::getName).isSubsetOf(passedOn);
    }

    @Test
    void onlyTheOneThatIsToldShowsItsClock() {
        try (Turns.Turn first = turns.next();
                Turns.Turn second = turns.next()) {
            second.clock("13:00");
            first.clock("14:00");
        }
        assertThat(told).containsExactly("14:00");
    }

    /** What a story can tell and a turn would swallow. */
    @Test
    void noEventIsForgotten() {
        List<String> events = Arrays.stream(DrillListener.class.getDeclaredMethods())
                .map(Method::getName)
                .toList();

        assertThat(Turns.Turn.class.getDeclaredMethods())
                .extracting(Method::getName)
                .containsAll(events);
    }
}
