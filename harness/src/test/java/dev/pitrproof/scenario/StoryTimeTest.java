package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoryTimeTest {

    @ParameterizedTest
    @CsvSource({"00:00, 0", "00:01, 60", "13:59, 50340", "13:59:30, 50370", "1d 02:00, 93600", "2d 00:00:01, 172801"})
    void readsWhatItPrints(String text, int seconds) {
        assertThat(StoryTime.parse(text)).isEqualTo(new StoryTime(seconds)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "25:00", "12:60", "12:00:60", "-1:00", "1d", "0x:00", "1 pm", "14.5", "٠٠:٠٠"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> StoryTime.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text + "\" is not a story time: expected one like \"13:59\" or \"1d 02:00\"");
    }

    @ParameterizedTest
    @CsvSource({
        "9:00, 09:00",
        "14, 14:00",
        "24:00, 1d 00:00",
        "1d 24:00, 2d 00:00",
        "1d02:00, 1d 02:00",
        "1 day 14:00, 1d 14:00",
        "'12:00 ', 12:00",
        "14h30, 14:30"
    })
    void saysHowWhatWasMeantIsWritten(String text, String meant) {
        assertThatThrownBy(() -> StoryTime.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text + "\" is not a story time: expected one like \"" + meant + "\"");
    }

    @Test
    void goesOnIntoTheNextDay() {
        StoryTime late = StoryTime.parse("23:30");

        assertThat(late.plus(Duration.ofHours(2))).hasToString("1d 01:30");
        assertThat(late.until(StoryTime.parse("1d 01:30"))).isEqualTo(Duration.ofHours(2));
        assertThat(late).isLessThan(StoryTime.parse("1d 00:00"));
    }

    @Test
    void neverComesBeforeTheFirstDay() {
        StoryTime first = StoryTime.parse("00:00");

        assertThatThrownBy(() -> first.plus(Duration.ofSeconds(-1)))
                .hasMessage("story time is -1 seconds: expected none before 00:00");
    }
}
