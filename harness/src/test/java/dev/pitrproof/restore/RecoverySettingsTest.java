package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.wal.Lsn;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The targets as PostgreSQL's parameters; what the rest of the settings must do is seen on {@link RestoreTest}'s servers. */
class RecoverySettingsTest {

    static Stream<Arguments> targets() {
        return Stream.of(
                // a zone abbreviation, even Z, is refused by the server, and a bare time is read in any zone
                Arguments.of(
                        new RecoveryTarget.Time(Instant.parse("2026-03-01T12:00:00.000001Z"), true),
                        Map.of("recovery_target_time", "2026-03-01 12:00:00.000001+00")),
                Arguments.of(new RecoveryTarget.Xid(-1, true), Map.of("recovery_target_xid", "4294967295")),
                Arguments.of(
                        new RecoveryTarget.AtLsn(Lsn.parse("A/B000000"), true),
                        Map.of("recovery_target_lsn", "A/B000000")),
                Arguments.of(new RecoveryTarget.Name("it's"), Map.of("recovery_target_name", "it's")),
                Arguments.of(new RecoveryTarget.Immediate(), Map.of("recovery_target", "immediate")),
                Arguments.of(new RecoveryTarget.Latest(), Map.of()));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void eachKindOfTargetHasItsParameter(RecoveryTarget target, Map<String, String> parameter) {
        assertThat(target.parameter()).isEqualTo(parameter);
    }
}
