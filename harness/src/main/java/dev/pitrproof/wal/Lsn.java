package dev.pitrproof.wal;

import org.jspecify.annotations.Nullable;

/**
 * A position in the write-ahead log: a byte offset from the beginning of the log, unsigned 64 bits.
 *
 * <p>Written as PostgreSQL's type {@code pg_lsn} writes it: two hexadecimal numbers of up to eight digits, high half
 * first, without zero padding ({@code 16/B374D848}).
 *
 * @param value the offset in bytes, unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** The invalid position, which PostgreSQL writes {@code 0/0}. */
    public static final Lsn INVALID = new Lsn(0);

    /** Behind every byte of every log. */
    public static final Lsn LAST = new Lsn(-1);

    /**
     * Parses {@code high/low}, each 1 to 8 hexadecimal digits, as {@code pg_lsn_in} does.
     *
     * @throws IllegalArgumentException if the text is anything else; the message is fit for a user
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1
                || slash > 8
                || text.length() - slash - 1 < 1
                || text.length() - slash - 1 > 8
                || !isHexadecimal(text, 0, slash)
                || !isHexadecimal(text, slash + 1, text.length())) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not an LSN: expected two hexadecimal numbers like 0/16B3748");
        }
        long high = Long.parseLong(text, 0, slash, 16);
        long low = Long.parseLong(text, slash + 1, text.length(), 16);
        return new Lsn(high << 32 | low);
    }

    private static boolean isHexadecimal(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            boolean hexadecimal = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (!hexadecimal) {
                return false;
            }
        }
        return true;
    }

    /** This position moved by a number of bytes, which may be negative. */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /** The distance in bytes from {@code earlier} to this position. */
    public long minus(Lsn earlier) {
        return value - earlier.value;
    }

    public boolean isInvalid() {
        return value == 0;
    }

    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    // written out, for the first use of a generated one takes some ten milliseconds
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Lsn lsn && value == lsn.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
    }
}
