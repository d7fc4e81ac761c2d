package dev.pitrproof.prose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 s",
        "0.00038, 380 µs",
        "0.0033, 3.3 ms",
        "0.041, 41 ms",
        "1.94, 1.9 s",
        "60, 1 min",
        "90, 1 min 30 s",
        "300, 5 min",
        "50400, 14 h",
        "50460, 14 h 1 min",
        "-2, −2 s"
    })
    void durations(double seconds, String expected) {
        assertThat(Wording.seconds(seconds)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 1 byte", "812, 812 bytes", "40265318, 38 MB", "5368709120, 5 GB"})
    void sizes(long bytes, String expected) {
        assertThat(Wording.bytes(bytes)).isEqualTo(expected);
    }

    @Test
    void sentencesLeaveNamesAlone() {
        assertThat(Wording.sentence("no table accounts")).isEqualTo("No table accounts.");
        assertThat(Wording.sentence("pg_wal/0001 is gone")).isEqualTo("pg_wal/0001 is gone.");
        assertThat(Wording.sentence("1.94 s")).isEqualTo("1.94 s.");
    }

    @ParameterizedTest
    @CsvSource({"00:00, 0", "14:00, 50400", "14:00:30, 50430", "1d 02:00, 93600"})
    void storyTimes(String text, int seconds) {
        assertThat(StoryClock.seconds(text)).hasValue(seconds);
        assertThat(StoryClock.text(seconds)).isEqualTo(text);
    }
}
