package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.drill.SabotageTrial.BrokenOff;
import dev.pitrproof.drill.SabotageTrial.NotApplicable;
import dev.pitrproof.drill.SabotageTrial.Tried;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a proof is worth that was repeated on broken copies. */
class SabotageTest {

    private static final Tried CAUGHT =
            new Tried("a segment is lost", Set.of(FindingCode.WAL_GAP), Verdict.REFUTED, "WAL_GAP");
    private static final Tried HARMLESS =
            new Tried("a second timeline", Set.of(FindingCode.TARGET_EXACT), Verdict.PROVEN, "TARGET_EXACT");
    private static final NotApplicable POINTLESS = new NotApplicable("two are swapped", "there is only one");

    private static Tried flipped(Verdict verdict, String code) {
        return new Tried("a byte is another", Set.of(FindingCode.WAL_CORRUPT), verdict, code);
    }

    @Test
    void everyFaultCaughtIsProven() {
        Claim claim = SabotageClaim.of(List.of(CAUGHT, CAUGHT, HARMLESS, POINTLESS));

        assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.code()).isEqualTo("SABOTAGE_CAUGHT");
        assertThat(claim.found())
                .isEqualTo("2 of 2 caught: a segment is lost (WAL_GAP), a segment is lost (WAL_GAP);"
                        + " no fault, and not taken for one: a second timeline;"
                        + " not applicable: two are swapped (there is only one)");
        assertThat(claim.hint()).isNull();
    }

    @Test
    void aFaultThatIsProvenAllTheSameIsMissed() {
        Claim claim = SabotageClaim.of(List.of(CAUGHT, flipped(Verdict.PROVEN, "TARGET_EXACT")));

        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.code()).isEqualTo("SABOTAGE_MISSED");
        assertThat(claim.found()).isEqualTo("1 of 2 caught; not caught: a byte is another (PROVEN TARGET_EXACT)");
        assertThat(claim.hint()).isNotNull();
    }

    @Test
    void theWrongReasonIsMissed() {
        assertThat(SabotageClaim.of(List.of(CAUGHT, flipped(Verdict.UNPROVEN, "ENVIRONMENT")))
                        .code())
                .isEqualTo("SABOTAGE_MISSED");
        assertThat(SabotageClaim.of(List.of(CAUGHT, flipped(Verdict.REFUTED, "WAL_GAP")))
                        .code())
                .isEqualTo("SABOTAGE_MISSED");
    }

    @Test
    void whatDoesNoHarmAndIsTakenForAFaultIsAFalseAlarm() {
        Tried alarm = new Tried("a second timeline", Set.of(FindingCode.TARGET_EXACT), Verdict.REFUTED, "WRONG_BRANCH");

        Claim claim = SabotageClaim.of(List.of(CAUGHT, alarm));

        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.code()).isEqualTo("SABOTAGE_MISSED");
        assertThat(claim.found())
                .isEqualTo("1 of 1 caught; no fault, but taken for one: a second timeline (REFUTED WRONG_BRANCH)");
    }

    @Test
    void aTrialThatCouldNotBeCarriedOutProvesNothing() {
        Claim claim = SabotageClaim.of(List.of(CAUGHT, new BrokenOff("a byte is another", "no space")));

        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("ENVIRONMENT");
        assertThat(claim.found()).isEqualTo("1 of 2 caught; could not be tried: a byte is another (no space)");
    }

    @Test
    void withoutAFaultThereIsNothingToProve() {
        Claim claim = SabotageClaim.of(List.of(HARMLESS, POINTLESS));

        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("NOTHING_TO_PROVE");
    }

    @Test
    void aProgramIsToldWhatBecameOfEach() {
        assertThat(CAUGHT.line())
                .containsEntry("result", "caught")
                .containsEntry("expected", List.of("WAL_GAP"))
                .containsEntry("code", "WAL_GAP");
        assertThat(flipped(Verdict.PROVEN, "TARGET_EXACT").line()).containsEntry("result", "missed");
        assertThat(HARMLESS.line()).containsEntry("result", "harmless");
        assertThat(POINTLESS.line())
                .containsEntry("result", "not applicable")
                .containsEntry("why", "there is only one");
    }
}
