package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import java.util.List;

/**
 * What the drill's base backups did to the source.
 *
 * @param notMeasured why nothing is known of it, empty when something is
 */
public record ImpactView(String notMeasured, List<Facts> backups) {

    static ImpactView of(Evidence evidence) {
        return new ImpactView(why(evidence), List.of());
    }

    private static String why(Evidence evidence) {
        if (evidence.story() == null) {
            return evidence.backup() == null
                    ? "the drill ended before a base backup was taken"
                    : "pitrproof did not take this base backup, so it saw nothing of the source";
        }
        return "the pitrproof that wrote this evidence did not look";
    }
}
