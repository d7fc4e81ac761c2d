package dev.pitrproof.evidence;

import static dev.pitrproof.evidence.Verdict.PROVEN;
import static dev.pitrproof.evidence.Verdict.REFUTED;
import static dev.pitrproof.evidence.Verdict.UNPROVEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {

    @Test
    void refutedOutweighsUnprovenOutweighsProven() {
        assertThat(Verdict.merge(List.of(PROVEN, UNPROVEN, REFUTED))).isEqualTo(REFUTED);
        assertThat(Verdict.merge(List.of(PROVEN, UNPROVEN))).isEqualTo(UNPROVEN);
        assertThat(Verdict.merge(List.of(PROVEN, PROVEN))).isEqualTo(PROVEN);
    }

    @Test
    void nothingAtAllProvesNothing() {
        assertThat(Verdict.merge(List.of())).isEqualTo(UNPROVEN);
    }

    @Test
    void expectationIsMetForTheStatedReasonOnly() {
        Expectation dataDiffers = new Expectation(REFUTED, "DATA_DIFFERS");

        assertThat(dataDiffers.isMetBy(REFUTED, List.of(refuted("DATA_DIFFERS"), refuted("DATA_DIFFERS"))))
                .isTrue();
        assertThat(dataDiffers.isMetBy(REFUTED, List.of(refuted("STOPPED_LATE"))))
                .isFalse();
        assertThat(dataDiffers.isMetBy(REFUTED, List.of(refuted("DATA_DIFFERS"), refuted("STOPPED_LATE"))))
                .isFalse();
        assertThat(dataDiffers.isMetBy(PROVEN, List.of())).isFalse();
    }

    @Test
    void expectationWithoutCodeLooksAtTheVerdictAlone() {
        assertThat(Expectation.PROVEN.isMetBy(PROVEN, List.of())).isTrue();
        assertThat(Expectation.PROVEN.isMetBy(UNPROVEN, List.of())).isFalse();
        assertThat(new Expectation(REFUTED, null).isMetBy(REFUTED, List.of(refuted("WAL_GAP"))))
                .isTrue();
    }

    private static Claim refuted(String code) {
        return new Claim("target-reached", REFUTED, code, "", "", null, List.of());
    }
}
