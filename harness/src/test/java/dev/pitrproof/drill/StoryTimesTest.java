package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.Lsn;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoryTimesTest {

    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    // an hour of the story takes 10 s before 10:00, and a second after it
    private final StoryTimes times = new StoryTimes(List.of(barrier(9, 0), barrier(10, 10_000), barrier(12, 12_000)));

    private static Barrier barrier(int hour, long milliseconds) {
        return new Barrier(new StoryTime(hour * 3600), BEGIN.plusMillis(milliseconds), Lsn.INVALID, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 09:00", "10000, 10:00", "12000, 12:00", // the barriers themselves
        "5000, 09:30", "11000, 11:00", "9999, 09:59", // between
        "-1, 09:00", "999999, 12:00" // never outside the story
    })
    void aMomentLiesInProportionBetweenTheBarriersAroundIt(long milliseconds, String storyTime) {
        assertThat(times.at(BEGIN.plusMillis(milliseconds)).toString()).startsWith(storyTime);
    }
}
