package dev.pitrproof.drill;

import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.Expect;
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
}
