package dev.pitrproof.drill;

import dev.pitrproof.scenario.Position;

/** A part of a scenario that could not be carried out, with the place where it stands. */
final class StepFailed extends Exception {

    private static final long serialVersionUID = 1;

    /** @param what of the scenario, e.g. {@code the step} */
    StepFailed(Position position, String what, Exception cause) {
        super(position + ": error: " + what + " failed: " + BreakOff.inWords(cause), cause);
    }
}
