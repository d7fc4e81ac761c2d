package dev.pitrproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.ObviousModel.Answer;
import dev.pitrproof.proof.ObviousModel.Mistake;
import dev.pitrproof.proof.RandomHistory.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle against a slow and obvious model, on random histories; each is known by its seed. */
class OracleModelTest {

    private static final int HISTORIES = 20_000;

    @Test
    void bothSayTheSameOfEveryHistory() {
        firstFailure(history -> !oracle(history, history.target().inclusive())
                        .equals(ObviousModel.answer(history, Mistake.NONE)))
                .ifPresent(seed -> {
                    RandomHistory least = shrink(RandomHistory.of(seed), OracleModelTest::differs);
                    assertThat(oracle(least, least.target().inclusive()))
                            .as("seed " + seed + ", shrunk to " + inWords(least))
                            .isEqualTo(ObviousModel.answer(least, Mistake.NONE));
                });
    }

    /** Else twenty thousand histories would say nothing of that rule. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakeInTheModelIsFound(Mistake mistake) {
        assertThat(firstFailure(history -> !ObviousModel.answer(history, mistake)
                        .equals(oracle(history, history.target().inclusive()))))
                .isPresent();
    }

    @Test
    void aTargetThatReachesTheOracleWrongIsFoundAndShrunkToAFewEvents() {
        Predicate<RandomHistory> fails = history -> !ObviousModel.answer(history, Mistake.NONE)
                .equals(oracle(history, !history.target().inclusive()));

        long seed = firstFailure(fails).orElseThrow();
        RandomHistory least = shrink(RandomHistory.of(seed), fails);

        assertThat(fails).accepts(least);
        assertThat(least.events()).hasSizeBetween(1, 3);
    }

    @Test
    void everyEndIsMetOften() {
        Map<String, Integer> met = new HashMap<>();
        for (long seed = 0; seed < HISTORIES; seed++) {
            RandomHistory history = RandomHistory.of(seed);
            Answer answer = ObviousModel.answer(history, Mistake.NONE);
            met.merge(history.target().kind() + " " + answer.reach(), 1, Integer::sum);
            if (!answer.leftOut().isEmpty()) {
                met.merge("left out though earlier", 1, Integer::sum);
            }
            if (history.events().stream().anyMatch(event -> event.timeline() == 2)) {
                met.merge("two timelines", 1, Integer::sum);
            }
        }

        List<String> all = new ArrayList<>(List.of("left out though earlier", "two timelines"));
        for (String kind : List.of("time", "xid", "lsn", "name")) {
            for (Prediction.Reach reach : Prediction.Reach.values()) {
                all.add(kind + " " + reach);
            }
        }
        for (String kind : List.of("immediate", "latest")) {
            all.add(kind + " REACHED");
            all.add(kind + " NOT_REACHED");
        }
        assertThat(met.keySet()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(met).allSatisfy((what, times) -> assertThat(times).as(what).isGreaterThan(50));
    }

    private static Optional<Long> firstFailure(Predicate<RandomHistory> fails) {
        return LongStream.range(0, HISTORIES)
                .filter(seed -> fails.test(RandomHistory.of(seed)))
                .boxed()
                .findFirst();
    }

    private static boolean differs(RandomHistory history) {
        return !oracle(history, history.target().inclusive()).equals(ObviousModel.answer(history, Mistake.NONE));
    }

    /** Leaves events out as long as it still fails; the checkpoint stays, for the backup begins with it. */
    private static RandomHistory shrink(RandomHistory history, Predicate<RandomHistory> fails) {
        RandomHistory least = history;
        for (int i = 0; i < least.events().size(); ) {
            List<Event> fewer = new ArrayList<>(least.events());
            boolean isCheckpoint = fewer.remove(i).start() == history.checkpoint();
            if (!isCheckpoint && fails.test(least.with(fewer))) {
                least = least.with(fewer);
                i = 0;
            } else {
                i++;
            }
        }
        return least;
    }

    private static Answer oracle(RandomHistory history, boolean inclusive) {
        Prediction prediction = history.predict(inclusive);
        return new Answer(
                prediction.reach().name(),
                prediction.endLsn().value(),
                new TreeSet<>(prediction.mustBeCommitted()),
                new TreeSet<>(prediction.mustBeAborted()),
                new TreeSet<>(prediction.mustNotBeCommitted()),
                prediction.leftOutThoughEarlier().stream()
                        .map(EndedTransaction::xid)
                        .collect(Collectors.toCollection(TreeSet::new)),
                prediction.nextXidAtStop().orElseThrow());
    }

    private static String inWords(RandomHistory history) {
        return history.target() + ", redo " + history.redo() + ", "
                + (history.fromStandby() ? "standby's backup up to " + history.backupEnd() : "backup")
                + history.events().stream().map(event -> "\n  " + event).collect(Collectors.joining());
    }
}
