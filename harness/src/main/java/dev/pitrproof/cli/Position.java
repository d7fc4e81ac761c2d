package dev.pitrproof.cli;

import dev.pitrproof.wal.Lsn;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A place in the WAL as a user names it: by LSN, or by a time with its zone.
 *
 * @param lsn null if it is named by time
 * @param time null if it is named by LSN
 */
record Position(@Nullable Lsn lsn, @Nullable Instant time) {

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

    private static final String EXPECTED = ": expected an LSN like 0/16B3748, or a time with its zone like"
            + " 2026-03-01T14:00:00+01:00, 2026-03-01 13:00:00Z or 2026-03-01 14:00[Europe/Berlin]";

    /** Whether a record lies at this place or behind it; a time is compared with the record's own. */
    boolean isReachedBy(Lsn start, Instant recordTime) {
        return lsn != null ? !start.isBefore(lsn) : !recordTime.isBefore(time == null ? Instant.MIN : time);
    }

    /** For picocli; a time without a zone is refused, for nobody knows which one is meant. */
    static final class Converter implements ITypeConverter<Position> {
        @Override
        public Position convert(String text) {
            try {
                if (text.indexOf('/') >= 0 && text.indexOf('[') < 0) {
                    return new Position(Lsn.parse(text), null);
                }
                return new Position(null, time(text));
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("\"" + text + "\" is neither a position nor a time" + EXPECTED);
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }

        private static Instant time(String text) {
            TemporalAccessor parsed = FORMAT.parse(text);
            LocalDateTime local = LocalDateTime.from(parsed);
            ZoneOffset offset = parsed.query(TemporalQueries.offset());
            if (offset != null) {
                return local.toInstant(offset);
            }
            ZoneId zone = parsed.query(TemporalQueries.zoneId());
            if (zone == null) {
                throw new DateTimeException("time \"" + text + "\" has no zone" + EXPECTED);
            }
            List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
            if (offsets.size() != 1) {
                throw new DateTimeException("time \"" + text + "\" is there "
                        + (offsets.isEmpty() ? "never" : "twice") + " in " + zone
                        + ", where the clock is changed: expected an offset like +01:00");
            }
            return local.toInstant(offsets.get(0));
        }
    }
}
