package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineHistoryTest {

    private static final TimelineId THIRD = new TimelineId(3);

    private static final TimelineHistory HISTORY = TimelineHistory.parse(THIRD, """
            # a comment
            1\t0/2000100\tbefore 2026-11-21 10:00:00.123+00

            2\t1/A0\tat restore point "two words"
            """);

    @Test
    void readsTheWholeAncestry() {
        assertThat(HISTORY.path()).containsExactly(TimelineId.FIRST, new TimelineId(2), THIRD);
        assertThat(HISTORY.ancestry())
                .containsExactly(
                        new TimelineHistory.Switch(
                                TimelineId.FIRST, Lsn.parse("0/2000100"), "before 2026-11-21 10:00:00.123+00"),
                        new TimelineHistory.Switch(
                                new TimelineId(2), Lsn.parse("1/A0"), "at restore point \"two words\""));
        assertThat(HISTORY.endOf(new TimelineId(2))).contains(Lsn.parse("1/A0"));
        assertThat(HISTORY.endOf(THIRD)).isEmpty();
        assertThat(HISTORY.beginOf(THIRD)).contains(Lsn.parse("1/A0"));
    }

    @ParameterizedTest
    @CsvSource({"0/0, 1", "0/20000FF, 1", "0/2000100, 2", "1/9F, 2", "1/A0, 3", "FFFFFFFF/FFFFFFFF, 3"})
    void aSwitchpointBelongsToTheYoungerTimeline(String position, int timeline) {
        assertThat(HISTORY.timelineAt(Lsn.parse(position))).isEqualTo(new TimelineId(timeline));
    }

    @ParameterizedTest
    @CsvSource({
        "1 nothing, 'line 1 of 00000003.history is \"1 nothing\": expected a timeline, a switchpoint and a reason'",
        "0 0/1 x, 'line 1 of 00000003.history is \"0 0/1 x\": timeline 0 does not exist: expected 1 or more'",
        "3 0/1 x, 'history of timeline 3 leads from timeline 3 to 3: expected each timeline to have a higher number'"
    })
    void refusesAnythingElse(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimelineHistory.parse(THIRD, text))
                .withMessage(message);
    }

    /** The name of a restore point may hold anything, in any encoding; PostgreSQL reads no more than the two numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"caf\u00E9", "a\rb", "a\u0085b", "\u0445\u2028", "\u00FF\u00FE"})
    void readsWhateverTheReasonIsMadeOf(String name) {
        String file = "1\t0/200\tat restore point \"" + name + "\"\n";

        for (Charset encoding : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
            assertThat(TimelineHistory.parse(THIRD, file.getBytes(encoding)).endOf(TimelineId.FIRST))
                    .contains(Lsn.parse("0/200"));
        }
        assertThat(TimelineHistory.parse(THIRD, file.getBytes(StandardCharsets.UTF_8))
                        .ancestry()
                        .get(0)
                        .reason())
                .isEqualTo("at restore point \"" + name + "\"");
    }

    @Test
    void saysOfBytesThatAreNoTextThatTheyAreNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TimelineHistory.parse(THIRD, new byte[] {31, -117, 8, 0, -1}))
                .withMessage("it is not text: expected lines of timelines and switchpoints");
    }

    /** As PostgreSQL writes it when recovery along timeline 2 stops before that timeline begins. */
    @ParameterizedTest
    @CsvSource({"0/FF, 1", "0/100, 3", "0/1FF, 3", "0/200, 3", "0/201, 3"})
    void whereSwitchpointsGoBackTheYoungerTimelineOwnsAllBehind(String position, int timeline) {
        TimelineHistory history = TimelineHistory.parse(THIRD, "1\t0/200\tx\n2\t0/100\ty\n");

        assertThat(history.timelineAt(Lsn.parse(position))).isEqualTo(new TimelineId(timeline));
        assertThat(history.endOf(TimelineId.FIRST)).contains(Lsn.parse("0/100"));
        assertThat(history.endOf(new TimelineId(2))).contains(Lsn.parse("0/100"));
        assertThat(history.beginOf(THIRD)).contains(Lsn.parse("0/100"));
    }
}
