package dev.pitrproof.prose;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Order of positions in the write-ahead log, which the evidence holds as texts. */
public final class Positions {

    private static final Pattern LSN = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    private Positions() {}

    /** The offset in bytes, unsigned; empty for what is not a position. */
    public static OptionalLong offset(@Nullable String lsn) {
        if (lsn == null) {
            return OptionalLong.empty();
        }
        Matcher matcher = LSN.matcher(lsn);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(matcher.group(1), 16) << 32 | Long.parseLong(matcher.group(2), 16));
    }

    /** Whether both are known and the first lies before the second. */
    public static boolean before(@Nullable String one, @Nullable String other) {
        OptionalLong left = offset(one);
        OptionalLong right = offset(other);
        return left.isPresent() && right.isPresent() && Long.compareUnsigned(left.getAsLong(), right.getAsLong()) < 0;
    }
}
