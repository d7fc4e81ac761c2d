package dev.pitrproof.junit;

/**
 * A drill that could prove nothing, though its scenario expects otherwise: JUnit counts it as an error, not as a
 * failure, because it says nothing about the backup.
 */
public final class UnprovenException extends Exception {

    private static final long serialVersionUID = 1;

    UnprovenException(String message) {
        super(message);
    }
}
