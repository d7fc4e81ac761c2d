package dev.pitrproof.prose;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times on the story's clock, as seconds since midnight of its first day. */
public final class StoryClock {

    private static final Pattern TIME = Pattern.compile("(?:(\\d{1,4})d )?(\\d{1,2}):(\\d{2})(?::(\\d{2}))?");
    private static final int DAY = 86_400;

    private StoryClock() {}

    /** The seconds of {@code 14:00}, {@code 14:00:30} or {@code 1d 02:00}; empty for anything else. */
    public static OptionalInt seconds(String time) {
        Matcher matcher = TIME.matcher(time);
        if (!matcher.matches()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(
                number(matcher, 1) * DAY + number(matcher, 2) * 3600 + number(matcher, 3) * 60 + number(matcher, 4));
    }

    public static String text(int seconds) {
        String day = seconds >= DAY ? seconds / DAY + "d " : "";
        String second = seconds % 60 == 0 ? "" : String.format(Locale.ROOT, ":%02d", seconds % 60);
        return day + String.format(Locale.ROOT, "%02d:%02d", seconds % DAY / 3600, seconds % 3600 / 60) + second;
    }

    private static int number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
