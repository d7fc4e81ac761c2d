package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.Expect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a drill is called, and what it has to show.
 *
 * @param drill unique in a run, fit for a directory
 * @param scenario the scenario it is a restore of; of a backup that was made elsewhere, {@code prove}
 * @param about one sentence for the reader
 * @param sweep which other targets are proved besides; null if none
 */
record Assignment(
        String drill,
        String scenario,
        @Nullable String about,
        List<String> tags,
        Expect expect,
        List<ClaimSpec> prove,
        @Nullable SweepOrder sweep) {

    Assignment {
        tags = List.copyOf(tags);
        prove = List.copyOf(prove);
    }

    /** Adds an open claim for each claim of the scenario that nothing was said about: what was not checked is no pass. */
    void leaveOpen(List<Claim> claims, String why, FindingCode code) {
        List<String> names = new ArrayList<>(prove.stream().map(ClaimNames::of).toList());
        if (sweep != null) {
            names.add(sweep.claimName());
        }
        for (String name : names) {
            if (claims.stream().noneMatch(claim -> claim.claim().equals(name))) {
                claims.add(new Claim(name, Verdict.UNPROVEN, code.name(), name, why, null, List.of()));
            }
        }
    }
}
