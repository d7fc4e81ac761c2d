package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoryClockTest {

    private static final StoryClock CLOCK =
            new StoryClock(StoryTime.parse("10:00"), StoryTime.parse("11:00"), Duration.ofSeconds(3));

    @ParameterizedTest
    @CsvSource({"10:00, 0", "10:01, 50", "10:30, 1500", "11:00, 3000"})
    void spacesTimesInProportion(String time, long millis) {
        assertThat(CLOCK.offset(StoryTime.parse(time))).isEqualTo(Duration.ofMillis(millis));
        assertThat(CLOCK.at(Duration.ofMillis(millis))).hasToString(time);
    }

    @Test
    void holdsWithinTheStory() {
        assertThat(CLOCK.at(Duration.ofSeconds(-1))).hasToString("10:00");
        assertThat(CLOCK.at(Duration.ofDays(1))).hasToString("11:00");
    }

    @Test
    void refusesTimesOutsideTheStory() {
        assertThatThrownBy(() -> CLOCK.offset(StoryTime.parse("11:01")))
                .hasMessage("11:01 is outside the story: expected 10:00 to 11:00");
    }

    @Test
    void keepsLongStoriesExact() {
        StoryClock year = new StoryClock(StoryTime.parse("00:00"), StoryTime.parse("365d 00:00"), Duration.ofHours(2));

        assertThat(year.offset(StoryTime.parse("182d 12:00"))).isEqualTo(Duration.ofHours(1));
    }
}
