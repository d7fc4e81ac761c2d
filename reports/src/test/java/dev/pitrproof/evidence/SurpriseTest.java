package dev.pitrproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SurpriseTest {

    @Test
    void whatWasExpectedIsNone() throws IOException {
        assertThat(Surprise.of(Samples.read("dropped-table-1"))).isEmpty();
        assertThat(Surprise.of(Samples.read("dropped-table-2"))).isEmpty();
    }

    @Test
    void refutationIsAFailureAndNamesItsFinding() throws IOException {
        Evidence evidence = Samples.read("stopped-late");

        Surprise surprise = Surprise.of(evidence).orElseThrow();

        assertThat(surprise.kind()).isEqualTo(Surprise.Kind.FAILURE);
        assertThat(surprise.findings()).extracting(Claim::code).containsExactly("STOPPED_LATE");
        assertThat(surprise.message(evidence))
                .startsWith("STOPPED_LATE: the server replayed through 0/3A9F128")
                .endsWith("(REFUTED, PROVEN was expected)");
    }

    @Test
    void whatCouldNotBeCheckedIsAnError() throws IOException {
        assertThat(Surprise.of(Samples.read("environment")).orElseThrow().kind())
                .isEqualTo(Surprise.Kind.ERROR);
        assertThat(Surprise.of(Samples.read("minimal")).orElseThrow().code()).isEqualTo(Surprise.NO_FINDING);
    }

    @Test
    void damageThatWasNotShownIsAFailureToo() throws IOException {
        Evidence twin = SampleChanges.withOutcome(
                Samples.read("dropped-table-1"), new Expectation(Verdict.REFUTED, "DATA_DIFFERS"), false);

        Surprise surprise = Surprise.of(twin).orElseThrow();

        assertThat(surprise.kind()).isEqualTo(Surprise.Kind.FAILURE);
        assertThat(surprise.message(twin))
                .isEqualTo("NOT_REFUTED: every claim held (PROVEN, REFUTED DATA_DIFFERS was expected)");
    }

    @Test
    void findingThatWasDemandedIsNotTheSurprise() throws IOException {
        Evidence twin = Samples.read("dropped-table-2");
        Claim demanded = twin.claims().get(1);
        Claim second =
                new Claim("archive-unchanged", Verdict.REFUTED, "SIDE_EFFECT", "same", "changed", null, List.of());
        Evidence evidence = SampleChanges.withClaims(
                SampleChanges.withOutcome(twin, twin.expected(), false), List.of(demanded, second));

        assertThat(Surprise.of(evidence).orElseThrow().findings()).containsExactly(second);
    }
}
