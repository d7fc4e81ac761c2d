package dev.pitrproof.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a drill must end to count as a success: a demonstration of damage must be refuted, and for the stated reason.
 *
 * @param verdict the verdict that must come out
 * @param code the only reason allowed, for example {@code DATA_DIFFERS}; null when any will do
 */
public record Expectation(Verdict verdict, @Nullable String code) {

    /** What a drill is expected to end as when nothing else is said. */
    public static final Expectation PROVEN = new Expectation(Verdict.PROVEN, null);

    public Expectation {
        Components.present(verdict, "expected.verdict");
    }

    /**
     * Whether a drill that ended so ended as it must: the verdict is the expected one, and every claim that brought it
     * about did so with the expected code. A second, different reason is a surprise and does not count.
     */
    public boolean isMetBy(Verdict reached, List<Claim> claims) {
        if (reached != verdict) {
            return false;
        }
        if (code == null) {
            return true;
        }
        List<String> reasons = claims.stream()
                .filter(claim -> claim.verdict() == verdict)
                .map(Claim::code)
                .distinct()
                .toList();
        return reasons.equals(List.of(code));
    }

    /** {@code REFUTED DATA_DIFFERS}, or the verdict alone. */
    @Override
    public String toString() {
        return code == null ? verdict.name() : verdict + " " + code;
    }
}
