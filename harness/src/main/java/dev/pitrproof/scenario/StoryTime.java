package dev.pitrproof.scenario;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A time on the story's clock: {@code 13:59}, {@code 13:59:30}, or {@code 1d 02:00} on the day after the first.
 *
 * <p>It orders and spaces a story's events; it is never a server's time.
 *
 * @param seconds since 00:00 of the story's first day
 */
public record StoryTime(int seconds) implements Comparable<StoryTime> {

    private static final Pattern FORM = Pattern.compile("(?:(\\d{1,3})d )?([01]\\d|2[0-3]):([0-5]\\d)(?::([0-5]\\d))?");

    /** A time as people write it, up to 24:59, with the day before it. */
    private static final Pattern LOOSE =
            Pattern.compile("(?:(\\d{1,2}) ?d(?:ays?)?,? *)?(\\d|[01]\\d|2[0-4])(?:[:.h]([0-5]\\d))?h?");

    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;
    private static final int DAY = 24 * HOUR;

    public StoryTime {
        if (seconds < 0) {
            throw new IllegalArgumentException("story time is " + seconds + " seconds: expected none before 00:00");
        }
    }

    /**
     * Reads {@code HH:MM}, {@code HH:MM:SS}, and either behind a number of days as in {@code 1d 02:00}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static StoryTime parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    Wording.quoted(text) + " is not a story time: expected one like " + nearest(text));
        }
        return new StoryTime(number(matcher.group(1)) * DAY
                + number(matcher.group(2)) * HOUR
                + number(matcher.group(3)) * MINUTE
                + number(matcher.group(4)));
    }

    /** What was meant, where that can be told. */
    private static String nearest(String text) {
        Matcher loose = LOOSE.matcher(text.strip());
        if (!loose.matches()) {
            return "\"13:59\" or \"1d 02:00\"";
        }
        int day = number(loose.group(1));
        int hour = number(loose.group(2));
        String time = String.format(Locale.ROOT, "%02d:%02d", hour % 24, number(loose.group(3)));
        int days = day + hour / 24;
        return "\"" + (days == 0 ? "" : days + "d ") + time + "\"";
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** The time {@code duration} later; parts of a second are dropped. */
    public StoryTime plus(Duration duration) {
        return new StoryTime(Math.toIntExact(seconds + duration.toSeconds()));
    }

    /** How much later {@code other} is; negative if it is earlier. */
    public Duration until(StoryTime other) {
        return Duration.ofSeconds((long) other.seconds - seconds);
    }

    public boolean isBefore(StoryTime other) {
        return seconds < other.seconds;
    }

    public boolean isAfter(StoryTime other) {
        return seconds > other.seconds;
    }

    @Override
    public int compareTo(StoryTime other) {
        return Integer.compare(seconds, other.seconds);
    }

    /** The shortest form that {@link #parse} reads as the same time. */
    @Override
    public String toString() {
        String day = seconds < DAY ? "" : seconds / DAY + "d ";
        String time = String.format(Locale.ROOT, "%02d:%02d", seconds % DAY / HOUR, seconds % HOUR / MINUTE);
        String rest = seconds % MINUTE == 0 ? "" : String.format(Locale.ROOT, ":%02d", seconds % MINUTE);
        return day + time + rest;
    }
}
