package dev.pitrproof.evidence;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A drill that did not end as it must, and why.
 *
 * @param kind what it counts as where only passed, failed and broken are known
 * @param code the code of the first of the findings; of a drill that should have been refuted and was proven,
 *     {@value #NOT_REFUTED}
 * @param findings the claims that brought it about, the one about the target first; empty when there is none
 */
public record Surprise(Kind kind, String code, List<Claim> findings) {

    /** The code of a drill that had to show damage and did not. */
    public static final String NOT_REFUTED = "NOT_REFUTED";

    /** The code of a drill that ended otherwise than it must though no claim says so. */
    public static final String NO_FINDING = "NO_FINDING";

    private static final String TARGET = "target-reached";

    /** The two ways not to pass. */
    public enum Kind {
        /** Something was checked, and it is not as it must be. */
        FAILURE,
        /** It could not be checked. */
        ERROR
    }

    /** Empty for a drill that ended as expected. */
    public static Optional<Surprise> of(Evidence evidence) {
        if (evidence.asExpected()) {
            return Optional.empty();
        }
        Kind kind =
                switch (evidence.verdict()) {
                    case UNPROVEN -> Kind.ERROR;
                    case PROVEN, REFUTED -> Kind.FAILURE;
                };
        if (evidence.verdict() == Verdict.PROVEN) {
            return Optional.of(new Surprise(kind, NOT_REFUTED, List.of()));
        }
        List<Claim> findings = evidence.claims().stream()
                .filter(claim -> claim.verdict() == evidence.verdict())
                // that something was found as demanded is no surprise, only what was found besides it
                .filter(claim -> !isDemanded(claim, evidence.expected()))
                // what a drill is about goes before that the backup is intact, and its like
                .sorted(Comparator.comparing(claim -> !claim.claim().equals(TARGET)))
                .toList();
        String code = findings.isEmpty() ? NO_FINDING : findings.get(0).code();
        return Optional.of(new Surprise(kind, code, findings));
    }

    /** One line: the code, and what was found. */
    public String message(Evidence evidence) {
        String found = findings.isEmpty()
                ? evidence.verdict() == Verdict.PROVEN ? "every claim held" : "no claim says why"
                : findings.get(0).found();
        return code + ": " + found + " (" + evidence.verdict() + ", " + evidence.expected() + " was expected)";
    }

    private static boolean isDemanded(Claim claim, Expectation expected) {
        return claim.verdict() == expected.verdict() && claim.code().equals(expected.code());
    }
}
