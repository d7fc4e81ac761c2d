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
        witnesses = Components.list(witnesses);
    }
}
