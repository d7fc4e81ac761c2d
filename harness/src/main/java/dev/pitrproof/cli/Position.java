package dev.pitrproof.cli;

import dev.pitrproof.scenario.CalendarTime;
import dev.pitrproof.wal.Lsn;
import java.time.Instant;
import java.time.format.DateTimeParseException;
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

    private static final String EXPECTED = ": expected an LSN like 0/16B3748, or " + CalendarTime.EXPECTED;

    /** Whether a record lies at this place or behind it; a time is compared with the record's own. */
    boolean isReachedBy(Lsn start, Instant recordTime) {
        return lsn != null ? !start.isBefore(lsn) : !recordTime.isBefore(time == null ? Instant.MIN : time);
    }

    /** For picocli; a time without a zone is refused, for nobody knows which one is meant. */
    static final class Converter implements ITypeConverter<Position> {
        @Override
        public Position convert(String text) {
            try {
                if (text.indexOf('/') >= 0 && text.indexOf(':') < 0) {
                    return new Position(Lsn.parse(text), null);
                }
                return new Position(null, CalendarTime.parse(text));
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("\"" + text + "\" is neither a position nor a time" + EXPECTED);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
