package dev.pitrproof.evidence;

import java.util.Collection;

/** How a claim, or a whole drill, ended. */
public enum Verdict {
    /** Each claim held, by two independent witnesses where it is about the target. */
    PROVEN,
    /** The check could not be carried out. */
    UNPROVEN,
    /** Some witness contradicts a claim. */
    REFUTED;

    /** The verdict of the whole: REFUTED over UNPROVEN over PROVEN; of nothing at all, UNPROVEN. */
    public static Verdict merge(Collection<Verdict> verdicts) {
        if (verdicts.contains(REFUTED)) {
            return REFUTED;
        }
        if (verdicts.isEmpty() || verdicts.contains(UNPROVEN)) {
            return UNPROVEN;
        }
        return PROVEN;
    }
}
