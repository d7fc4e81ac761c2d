package dev.pitrproof.scenario;

import org.jspecify.annotations.Nullable;

/**
 * How a drill is to end.
 *
 * @param verdict {@code PROVEN}, {@code REFUTED} or {@code UNPROVEN}
 * @param code the finding that must be the reason, one of {@link dev.pitrproof.proof.FindingCode}; null for PROVEN
 */
public record Expect(String verdict, @Nullable String code) {

    /** What a restore that says nothing expects. */
    public static final Expect PROVEN = new Expect("PROVEN", null);

    public boolean isProven() {
        return code == null;
    }

    /** As in the file: {@code PROVEN} or {@code REFUTED WAL_GAP}. */
    @Override
    public String toString() {
        return code == null ? verdict : verdict + " " + code;
    }
}
