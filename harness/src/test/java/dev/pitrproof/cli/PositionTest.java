package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class PositionTest {

    private final Position.Converter converter = new Position.Converter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-01T14:00:00+01:00",
                "2026-03-01 14:00:00.000000+01",
                "2026-03-01 14:00+0100",
                "2026-03-01T13:00:00Z",
                "2026-03-01 13:00:00 Z",
                "2026-03-01 13:00:00.000 UTC",
                "2026-03-01 13:00 GMT",
                "2026-03-01 14:00[Europe/Berlin]",
                "2026-03-01 14:00:00 [Europe/Berlin]",
                "2026-03-01T14:00:00+01:00[Europe/Berlin]"
            })
    void aTimeWithItsZoneIsOneMoment(String text) {
        assertThat(converter.convert(text)).isEqualTo(new Position(null, Instant.parse("2026-03-01T13:00:00Z")));
    }

    @Test
    void anLsnIsAPosition() {
        assertThat(converter.convert("0/16B3748")).isEqualTo(new Position(Lsn.parse("0/16B3748"), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-01T14:00:00", "2026-03-01 14:00"})
    void aTimeWithoutAZoneIsRefused(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("time \"" + text + "\" has no zone: expected ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-29 02:30[Europe/Berlin]", "2026-10-25 02:30[Europe/Berlin]"})
    void aTimeThatTheClockSkipsOrRepeatsIsRefused(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("in Europe/Berlin, where the clock is changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "0/16B3748x", "2026-03-01", "14:00Z", "2026-03-01 14:00 CET", ""})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("\"" + text + "\"");
    }
}
