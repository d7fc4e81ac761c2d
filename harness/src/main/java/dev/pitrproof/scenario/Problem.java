package dev.pitrproof.scenario;

import org.jspecify.annotations.Nullable;

/**
 * One mistake in a scenario file, in words for the person who wrote it.
 *
 * @param position where it stands
 * @param message what was found and what was expected: lower case, no full stop
 * @param hint the next step, if one is worth naming
 */
public record Problem(
        Position position, String message, @Nullable String hint) {

    /** {@code file:line:column: error: message}, and the hint on a line of its own. */
    @Override
    public String toString() {
        String line = position + ": error: " + message;
        return hint == null ? line : line + "\nHINT: " + hint;
    }
}
