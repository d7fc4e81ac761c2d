package dev.pitrproof.drill;

import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.scenario.ClaimSpec;

/** The name of each claim of a scenario in the evidence: as it is written in the scenario. */
final class ClaimNames {

    private ClaimNames() {}

    static String of(ClaimSpec claim) {
        if (claim instanceof ClaimSpec.TableExists exists) {
            return "table-exists: " + exists.table();
        }
        if (claim instanceof ClaimSpec.TableAbsent absent) {
            return "table-absent: " + absent.table();
        }
        if (claim instanceof ClaimSpec.SameAs same) {
            return "same-as: " + same.mark() + ", " + same.table();
        }
        if (claim instanceof ClaimSpec.Query query) {
            return "query: " + query.sql().strip();
        }
        if (claim instanceof ClaimSpec.RecoveredWithin within) {
            return "recovered-within: " + ObjectiveClaims.inWords(within.atMost());
        }
        if (claim instanceof ClaimSpec.LostAtMost lost) {
            return "lost-at-most: " + ObjectiveClaims.inWords(lost.atMost());
        }
        if (claim instanceof ClaimSpec.StructureSound) {
            return "structure: sound";
        }
        if (claim instanceof ClaimSpec.PageChecksumsSound) {
            return "page-checksums: sound";
        }
        if (claim instanceof ClaimSpec.SequencesNotBehind) {
            return "sequences: not-behind";
        }
        if (claim instanceof ClaimSpec.PreparedTransactions prepared) {
            return "prepared-transactions: " + prepared.gids();
        }
        if (claim instanceof ClaimSpec.ClusterSameAs same) {
            return "cluster-same-as: " + same.mark();
        }
        return TargetClaim.NAME;
    }
}
