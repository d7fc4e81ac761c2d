package dev.pitrproof.agreement;

import java.util.List;

/**
 * How one attempt ended.
 *
 * @param expected what the oracle says, in words
 * @param differences what the server said that is something else; empty if they agree
 */
record Outcome(Attempt attempt, String expected, List<String> differences) {

    Outcome {
        differences = List.copyOf(differences);
    }

    boolean agrees() {
        return differences.isEmpty();
    }
}
