package dev.pitrproof.scenario;

/**
 * The PostgreSQL major versions that a scenario is for, both ends included.
 *
 * @param first the oldest
 * @param last the newest, not before {@code first}
 */
public record MajorRange(int first, int last) {

    /** What pitrproof itself supports. */
    public static final MajorRange SUPPORTED = new MajorRange(14, 18);

    public MajorRange {
        if (first > last) {
            throw new IllegalArgumentException("versions go from " + first + " to " + last + ": expected a newer end");
        }
    }

    public boolean contains(int major) {
        return first <= major && major <= last;
    }

    /** {@code 14-18}, or {@code 17} where it is only one. */
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
