package dev.pitrproof.scenario;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Times of the world's calendar as users write them, always with a zone, for nobody knows which one is meant without:
 * {@code 2026-03-01T14:00:00+01:00}, {@code 2026-03-01 13:00:00Z}, {@code 2026-03-01 14:00[Europe/Berlin]},
 * {@code 2026-03-01 14:00 Europe/Berlin}, or {@code 2026-03-01 13:00:00.123 UTC} as it is copied from a server's log. Other
 * abbreviations mean more than one zone.
 */
public final class CalendarTime {

    /** What a message says is expected. */
    public static final String EXPECTED = "a time with its zone like 2026-03-01T14:00:00+01:00, 2026-03-01 13:00:00Z or"
            + " 2026-03-01 14:00[Europe/Berlin]";

    /** A zone's name behind a blank, as people say it and servers log it. */
    private static final Pattern BARE_ZONE = Pattern.compile(" +([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|UTC|GMT)$");

    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[' ']")
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .appendPattern("[' ']")
            .optionalStart()
            .appendLiteral('[')
            .parseCaseSensitive()
            .appendZoneRegionId()
            .appendLiteral(']')
            .toFormatter(Locale.ROOT);

    private CalendarTime() {}

    /**
     * Reads one.
     *
     * @throws DateTimeParseException if it is none
     * @throws IllegalArgumentException if it has no zone, or is never or twice in it; the message is fit for a user
     */
    public static Instant parse(String text) {
        TemporalAccessor parsed = FORMAT.parse(BARE_ZONE.matcher(text).replaceFirst("[$1]"));
        LocalDateTime local = LocalDateTime.from(parsed);
        ZoneOffset offset = parsed.query(TemporalQueries.offset());
        if (offset != null) {
            return local.toInstant(offset);
        }
        ZoneId zone = parsed.query(TemporalQueries.zoneId());
        if (zone == null) {
            throw new IllegalArgumentException("time \"" + text + "\" has no zone: expected " + EXPECTED);
        }
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.isEmpty()) {
            throw new IllegalArgumentException("time \"" + text + "\" is there never in " + zone
                    + ", where the clock is changed: expected an offset like +01:00");
        }
        if (offsets.size() > 1) {
            throw new IllegalArgumentException("time \"" + text + "\" is there twice in " + zone
                    + ", where the clock is changed: expected " + OffsetDateTime.of(local, offsets.get(0)) + " or "
                    + OffsetDateTime.of(local, offsets.get(1)));
        }
        return local.toInstant(offsets.get(0));
    }
}
