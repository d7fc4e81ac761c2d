package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.drill.Sabotage.Trial;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a proof is worth that was repeated on broken copies. */
class SabotageTest {

    private static final Trial CAUGHT =
            new Trial("a segment is lost", Set.of(FindingCode.WAL_GAP), Verdict.REFUTED, "WAL_GAP");

    @Test
    void everyFaultCaughtIsProven() {
        Claim claim = Sabotage.claim(List.of(CAUGHT, CAUGHT));

        assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.code()).isEqualTo("SABOTAGE_CAUGHT");
        assertThat(claim.found()).startsWith("2 of 2 caught: a segment is lost (WAL_GAP), ");
    }

    @Test
    void aFaultThatIsProvenAllTheSameIsMissed() {
        Trial missed = new Trial("a byte is another", Set.of(FindingCode.WAL_CORRUPT), Verdict.PROVEN, "TARGET_EXACT");

        Claim claim = Sabotage.claim(List.of(CAUGHT, missed));

        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("SABOTAGE_MISSED");
        assertThat(claim.found()).isEqualTo("1 of 2 caught; not caught: a byte is another (PROVEN TARGET_EXACT)");
        assertThat(claim.hint()).isNotNull();
    }

    @Test
    void theWrongReasonIsMissed() {
        Trial missed = new Trial("a byte is another", Set.of(FindingCode.WAL_CORRUPT), Verdict.UNPROVEN, "ENVIRONMENT");

        assertThat(Sabotage.claim(List.of(missed)).code()).isEqualTo("SABOTAGE_MISSED");
    }
}
