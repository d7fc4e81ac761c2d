package dev.pitrproof.prose;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers, times and sizes as they are written in the page. Times are UTC. */
public final class Wording {

    private static final DateTimeFormatter SERVER_TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SERVER_DATE_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private Wording() {}

    public static String count(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** {@code 1 drill}, {@code 2 drills}. */
    public static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    public static String time(Instant instant) {
        return SERVER_TIME.format(instant);
    }

    public static String dateTime(Instant instant) {
        return SERVER_DATE_TIME.format(instant) + " UTC";
    }

    public static String day(Instant instant) {
        return DAY.format(instant) + " UTC";
    }

    public static String duration(Duration duration) {
        return seconds(duration.toNanos() / 1e9);
    }

    /** {@code 380 µs}, {@code 41 ms}, {@code 1.9 s}, {@code 5 min}, {@code 14 h}. */
    public static String seconds(double seconds) {
        if (seconds < 0) {
            return "−" + seconds(-seconds);
        }
        if (seconds == 0) {
            return "0 s";
        }
        if (seconds < 0.0009995) {
            return Math.round(seconds * 1e6) + " µs";
        }
        if (seconds < 0.9995) {
            return shortest(seconds * 1e3, seconds < 0.00995 ? 1 : 0) + " ms";
        }
        if (seconds < 59.5) {
            return shortest(seconds, seconds < 9.95 ? 1 : 0) + " s";
        }
        if (seconds < 5_970) {
            return parts(Math.round(seconds), 60, "min", "s");
        }
        return parts(Math.round(seconds / 60), 60, "h", "min");
    }

    private static String parts(long small, long ratio, String largeUnit, String smallUnit) {
        String large = small / ratio + " " + largeUnit;
        return small % ratio == 0 ? large : large + " " + small % ratio + " " + smallUnit;
    }

    private static String shortest(double value, int decimals) {
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** {@code 812 bytes}, {@code 38 MB}: powers of 1024, as PostgreSQL's pg_size_pretty writes them. */
    public static String bytes(long bytes) {
        if (bytes < 10 * 1024) {
            return count(bytes, "byte");
        }
        double value = bytes;
        for (String unit : List.of("kB", "MB", "GB")) {
            value /= 1024;
            if (value < 1_023.5) {
                return shortest(value, value < 9.95 ? 1 : 0) + " " + unit;
            }
        }
        return shortest(value / 1024, 0) + " TB";
    }

    public static String path(List<Integer> timelines) {
        return timelines.stream().map(String::valueOf).collect(Collectors.joining(" → "));
    }

    /** The first letter in upper case and a full stop at the end, to make a message a sentence. */
    public static String sentence(String message) {
        String text = message.strip();
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        // a name, a number or an LSN at the beginning stays as it is
        boolean word = Character.isLowerCase(first) && text.matches("(?s)\\p{Ll}+[ ,:].*");
        String start = word
                ? Character.toString(Character.toUpperCase(first)) + text.substring(Character.charCount(first))
                : text;
        return start.matches("(?s).*[.!?]") ? start : start + ".";
    }
}
