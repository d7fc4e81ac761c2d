package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.scenario.ClaimSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Judges the claims about recovery time and recovery point. */
final class ObjectiveClaims {

    private ObjectiveClaims() {}

    /** @param seconds from the decision to restore until the cluster accepted writes */
    static Claim recoveredWithin(ClaimSpec.RecoveredWithin claim, double seconds) {
        return claim(
                ClaimNames.of(claim),
                seconds <= claim.atMost().toNanos() / 1e9,
                FindingCode.RTO_EXCEEDED,
                "at most " + inWords(claim.atMost()),
                String.format(Locale.ROOT, "%.2f s", seconds),
                "the phases in the evidence tell where the time went",
                "harness clock");
    }

    /** Of a copy that somebody else restored. */
    static Claim notMeasured(ClaimSpec.RecoveredWithin claim) {
        return new Claim(
                ClaimNames.of(claim),
                Verdict.UNPROVEN,
                FindingCode.NOTHING_TO_PROVE.name(),
                "at most " + inWords(claim.atMost()),
                "nobody measured the restore, which was over before",
                "prove the backup itself: --backup",
                List.of());
    }

    /** @param loss from what was recovered to the damage, on the story's clock; negative when nothing was lost */
    static Claim lostAtMost(ClaimSpec.LostAtMost claim, Duration loss) {
        return claim(
                ClaimNames.of(claim),
                loss.compareTo(claim.atMost()) <= 0,
                FindingCode.RPO_EXCEEDED,
                "at most " + inWords(claim.atMost()) + " on the story's clock",
                loss.isNegative() || loss.isZero() ? "nothing" : inWords(loss),
                "restore to a later target, or archive more often",
                "story clock");
    }

    /**
     * Of a dump.
     *
     * @param loss from its snapshot to the damage, on the story's clock
     * @param transactions acknowledged ones of that time that it does not hold
     */
    static Claim lostAtMost(ClaimSpec.LostAtMost claim, Duration loss, long transactions) {
        return claim(
                ClaimNames.of(claim),
                loss.compareTo(claim.atMost()) <= 0,
                FindingCode.RPO_EXCEEDED,
                "at most " + inWords(claim.atMost()) + " on the story's clock",
                loss.isNegative() || loss.isZero()
                        ? "nothing"
                        : String.format(
                                Locale.ROOT, "%s (acknowledged transactions: %,d)", inWords(loss), transactions),
                "a dump leads to its own moment alone: a base backup and the WAL behind it lead to any later one",
                "story clock, WAL and client's journal");
    }

    private static Claim claim(
            String name,
            boolean holds,
            FindingCode otherwise,
            String expected,
            String found,
            String hint,
            String witness) {
        return new Claim(
                name,
                holds ? Verdict.PROVEN : Verdict.REFUTED,
                (holds ? FindingCode.OBJECTIVE_MET : otherwise).name(),
                expected,
                found,
                holds ? null : hint,
                List.of(witness));
    }

    static String inWords(Duration duration) {
        if (duration.toSeconds() == 0) {
            return duration.toMillis() + "ms";
        }
        StringBuilder words = new StringBuilder();
        append(words, duration.toHours(), "h");
        append(words, duration.toMinutesPart(), "m");
        append(words, duration.toSecondsPart(), "s");
        return words.toString();
    }

    private static void append(StringBuilder words, long number, String unit) {
        if (number > 0) {
            words.append(words.length() == 0 ? "" : " ").append(number).append(unit);
        }
    }
}
