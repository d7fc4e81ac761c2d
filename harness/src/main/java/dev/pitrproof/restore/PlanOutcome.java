package dev.pitrproof.restore;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.proof.Prediction;

/** What planning a restore comes to. */
public sealed interface PlanOutcome {

    /** What the oracle says of the target. */
    Prediction prediction();

    /** The restore can be done. */
    record Reachable(RestorePlan plan) implements PlanOutcome {
        @Override
        public Prediction prediction() {
            return plan.prediction();
        }
    }

    /**
     * The restore cannot end as asked, and nothing was copied.
     *
     * @param claim why, with what can be proved instead
     */
    record Refused(Prediction prediction, Claim claim) implements PlanOutcome {}
}
