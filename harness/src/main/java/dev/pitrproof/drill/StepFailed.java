package dev.pitrproof.drill;

import dev.pitrproof.scenario.Position;

/** A step of a story that the source refused, with the place in the scenario where it stands. */
final class StepFailed extends Exception {

    private static final long serialVersionUID = 1;

    StepFailed(Position position, Exception cause) {
        super(position + ": error: the step failed: " + firstLine(cause), cause);
    }

    private static String firstLine(Exception cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no message");
    }
}
