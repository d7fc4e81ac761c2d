package dev.pitrproof.junit;

/** A scenario that was selected and cannot be played, with everything that is wrong with it in the message. */
public final class UnusableScenarioException extends Exception {

    private static final long serialVersionUID = 1;

    UnusableScenarioException(String message) {
        super(message);
    }
}
