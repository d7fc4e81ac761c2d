package dev.pitrproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server was told, beside what was asked for. */
class ToldTargetTest {

    private static final Instant ASKED = Instant.parse("2026-03-01T12:59:00Z");
    private static final RecoveryTarget TIME = new RecoveryTarget.Time(ASKED, true);

    @Test
    void theSameMomentInAnotherSpellingIsTheSame() {
        Map<String, String> settings = Map.of(
                "recovery_target_time", "2026-03-01 13:59:00+01", "timezone", "UTC", "recovery_target_inclusive", "on");

        assertThat(new ToldTarget(settings, ASKED).otherThan(TIME)).isEmpty();
        assertThat(ToldTarget.NOTHING.otherThan(TIME)).isEmpty();
    }

    @Test
    void anotherMomentIsToldWithTheTimeZoneThatMadeItOne() {
        Map<String, String> settings = Map.of("recovery_target_time", "2026-03-01 12:59", "timezone", "Europe/Berlin");

        assertThat(new ToldTarget(settings, ASKED.minusSeconds(3600)).otherThan(TIME))
                .hasValue("the server was told 2026-03-01 12:59 in the time zone Europe/Berlin, which is"
                        + " 2026-03-01 11:59:00.000000 UTC, 3600 s earlier than asked for");
        assertThat(ToldTarget.rightFor(TIME))
                .isEqualTo("recovery_target_time = '2026-03-01 12:59:00.000000+00', recovery_target_inclusive = on");
    }

    @Test
    void theOtherSideOfTheTargetIsAnotherTarget() {
        Map<String, String> settings = Map.of("recovery_target_xid", "745", "recovery_target_inclusive", "off");

        assertThat(new ToldTarget(settings, null).otherThan(new RecoveryTarget.Xid(745, true)))
                .hasValue("the server was told recovery_target_inclusive = off");
        assertThat(new ToldTarget(settings, null).otherThan(new RecoveryTarget.Xid(745, false)))
                .isEmpty();
    }

    @Test
    void anotherKindOfTargetIsAnotherTarget() {
        ToldTarget immediate = new ToldTarget(Map.of("recovery_target", "immediate", "timezone", "UTC"), null);

        assertThat(immediate.otherThan(TIME)).hasValue("the server was told recovery_target = immediate");
        assertThat(immediate.otherThan(new RecoveryTarget.Immediate())).isEmpty();
    }
}
