package dev.pitrproof.wal;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The number of a timeline: 1 for a new cluster, then one more for each recovery that ended with a promotion.
 *
 * @param value unsigned 32 bits, never 0
 */
public record TimelineId(int value) implements Comparable<TimelineId> {

    /** The timeline a cluster is born with. */
    public static final TimelineId FIRST = new TimelineId(1);

    private static final HexFormat HEXADECIMAL = HexFormat.of().withUpperCase();

    public TimelineId {
        if (value == 0) {
            throw new IllegalArgumentException("timeline 0 does not exist: expected 1 or more");
        }
    }

    /** Parses a decimal number, as PostgreSQL prints timelines in results and settings. */
    public static TimelineId parse(String decimal) {
        try {
            return new TimelineId(Integer.parseUnsignedInt(decimal));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + decimal + "\" is not a timeline: expected a decimal number", e);
        }
    }

    /** The eight hexadecimal digits that begin the names of this timeline's files. */
    public String hexadecimal() {
        return HEXADECIMAL.toHexDigits(value);
    }

    /** The name of the file that tells where this timeline came from. */
    public String historyFileName() {
        return hexadecimal() + ".history";
    }

    // written out, for the first use of a generated one takes some ten milliseconds
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TimelineId timeline && value == timeline.value;
    }

    @Override
    public int hashCode() {
        return value;
    }

    @Override
    public int compareTo(TimelineId other) {
        return Integer.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toUnsignedString(value);
    }
}
