package dev.pitrproof.evidence;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asserted, what was found, and what follows.
 *
 * @param claim the assertion, {@code table-exists: accounts}
 * @param verdict what follows
 * @param code the finding's stable code, {@code TARGET_EXACT}
 * @param expected what had to be found
 * @param found what was found
 * @param hint the next step for the reader, null when there is none
 * @param witnesses who says so, by name
 */
public record Claim(
        String claim,
        Verdict verdict,
        String code,
        String expected,
        String found,
        @Nullable String hint,
        List<String> witnesses) {
    public Claim {
        Components.present(claim, "claims[].claim");
        Components.present(verdict, "claims[].verdict");
        Components.present(code, "claims[].code");
        Components.present(expected, "claims[].expected");
        Components.present(found, "claims[].found");
        witnesses = Components.list(witnesses);
    }

    /** The whole of it for somebody who reads plain text, several lines. */
    public String inFull() {
        String by = witnesses.isEmpty() ? "" : "\nwitnesses: " + String.join(", ", witnesses);
        return claim + ": " + verdict + " " + code + "\nexpected: " + expected + "\nfound: " + found + by
                + (hint == null ? "" : "\nHINT: " + hint);
    }
}
