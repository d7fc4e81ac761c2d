package dev.pitrproof.drill;

import dev.pitrproof.restore.Liberties;
import dev.pitrproof.scenario.StoryTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A time that a clock on the wall shows twice, because it is put back in between, as when summer time ends.
 *
 * <p>PostgreSQL takes a time without an offset for the second of the two ({@code DetermineTimeZoneOffset} of datetime.c).
 * A story is over in seconds, and so is what its clock is put back by: whole seconds, for a time zone of POSIX has no
 * smaller ones.
 *
 * @param first when the clock shows it first
 * @param again the latest moment at which it may show it again, a second after the first at least
 * @param shown what the clock shows, but for the seconds
 */
record RepeatedTime(Instant first, Instant again, StoryTime shown) {

    /** What has to lie between the two. */
    static final Duration APART_MIN = Duration.ofSeconds(1);

    private static final DateTimeFormatter ON_THE_WALL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
    private static final Instant WITHOUT_SECONDS = Instant.parse("2000-01-01T00:00:00Z");
    private static final int MIDSUMMER = 181;
    private static final int MINUTE = 60;
    private static final int DAY = (int) Duration.ofDays(1).toSeconds();

    RepeatedTime {
        if (again.isBefore(first.plus(APART_MIN))) {
            throw new IllegalArgumentException(
                    "the clock shows it at " + first + " and again at " + again + ": expected a second in between");
        }
    }

    /** By how much the clock is put back, in seconds. */
    private int putBack() {
        return (int) Duration.between(first, again).toSeconds();
    }

    /** What a server is told besides: its time zone, and the target as that shows it. */
    Liberties told(Liberties others) {
        Map<String, String> settings = new LinkedHashMap<>(others.settings());
        settings.put("timezone", zone());
        settings.put("recovery_target_time", ON_THE_WALL.format(onTheWall(first, summer())));
        return new Liberties(settings, others.writable());
    }

    /** Summer time up to the whole second that follows the first time, since a day half a year away from any new year. */
    private String zone() {
        LocalDateTime end = end(summer());
        return "WINTER" + posix(summer() - putBack()) + "SUMMER" + posix(summer()) + ",J" + begin(end) + "/0,"
                + (isLeapDay(end) ? "59" : "J" + dayOfYear(end)) + "/" + DateTimeFormatter.ISO_LOCAL_TIME.format(end);
    }

    private static LocalDateTime onTheWall(Instant moment, int aheadOfUtc) {
        return LocalDateTime.ofInstant(moment, ZoneOffset.UTC).plusSeconds(aheadOfUtc);
    }

    private LocalDateTime end(int aheadOfUtc) {
        return onTheWall(first, aheadOfUtc).withNano(0).plusSeconds(1);
    }

    /** The day on which summer begins: far from its end, and from the turn of the year if that is near. */
    private static int begin(LocalDateTime end) {
        return Math.abs(end.getDayOfYear() - MIDSUMMER) < MIDSUMMER / 2 ? 1 : MIDSUMMER;
    }

    /** From 1 to 365, as if no year had a 29 February: so that each day has the same number in every year. */
    private static int dayOfYear(LocalDateTime time) {
        boolean isBehind = time.toLocalDate().isLeapYear() && time.getMonthValue() > 2;
        return time.getDayOfYear() - (isBehind ? 1 : 0);
    }

    private static boolean isLeapDay(LocalDateTime time) {
        return time.getMonthValue() == 2 && time.getDayOfMonth() == 29;
    }

    private static int ofYear(LocalDateTime time) {
        return dayOfYear(time) * DAY + time.toLocalTime().toSecondOfDay();
    }

    /**
     * How far ahead of UTC the clock is before it is put back, in seconds: so that it shows the story's time, and so that
     * it shows no seconds at midnight UTC on 1 January 2000. If it did, the server would refuse the time zone for having
     * leap seconds ({@code pg_tz_acceptable}).
     */
    private int summer() {
        int near = near();
        int begin = begin(end(near)) * DAY;
        int end = ofYear(end(near));
        int then = ofYear(onTheWall(WITHOUT_SECONDS, near));
        boolean isSummer = begin < end ? begin <= then && then < end : begin <= then || then < end;
        return isSummer ? near : near + putBack();
    }

    /** In whole minutes, half a day at most, and not where a new year would begin between summer and winter. */
    private int near() {
        int utc = LocalTime.ofInstant(first, ZoneOffset.UTC).toSecondOfDay();
        int apart = shown.seconds() / MINUTE * MINUTE - utc / MINUTE * MINUTE;
        int near = Math.floorMod(apart + DAY / 2, DAY) - DAY / 2;
        return near >= 0 && near < putBack() ? -MINUTE : near;
    }

    /** POSIX counts to the west. */
    private static String posix(int east) {
        int seconds = Math.abs(east);
        return String.format(
                Locale.ROOT,
                "%s%02d:%02d:%02d",
                east > 0 ? "-" : "+",
                seconds / 3600,
                seconds % 3600 / 60,
                seconds % 60);
    }
}
