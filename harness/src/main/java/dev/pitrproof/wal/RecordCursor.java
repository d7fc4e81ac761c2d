package dev.pitrproof.wal;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a stretch of a record field by field and never beyond its end. The fields are as the writing server had them in
 * memory: little-endian, and aligned only where the layout says so.
 */
final class RecordCursor {

    /** Seconds from 1970 to 2000, where {@code TimestampTz} counts from. */
    private static final long EPOCH_SECONDS = 946_684_800L;

    private static final long MICROSECONDS = 1_000_000L;

    private final byte[] bytes;
    private final int start;
    private final int end;
    private int at;

    RecordCursor(byte[] bytes, int start, int length) {
        this.bytes = bytes;
        this.start = start;
        this.end = start + length;
        this.at = start;
    }

    private int take(int length) throws InvalidRecordException {
        int from = at;
        if (length < 0 || length > end - from) {
            throw new InvalidRecordException(
                    "at least " + length + " more bytes at byte " + (from - start) + " of the record's data",
                    (end - from) + " bytes");
        }
        at = from + length;
        return from;
    }

    void skip(long length) throws InvalidRecordException {
        take(length > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) length);
    }

    /** Moves on to the next multiple of eight bytes, {@code MAXALIGN}. */
    void align() throws InvalidRecordException {
        int past = (at - start) & 7;
        if (past != 0 && at < end) {
            skip(8 - past);
        }
    }

    /** How many bytes are left. */
    int remaining() {
        return end - at;
    }

    /** The last {@code length} bytes of this stretch. */
    RecordCursor last(int length) {
        return new RecordCursor(bytes, end - length, length);
    }

    int readByte() throws InvalidRecordException {
        return bytes[take(1)] & 0xFF;
    }

    boolean readBoolean() throws InvalidRecordException {
        return bytes[take(1)] != 0;
    }

    int readShort() throws InvalidRecordException {
        return LittleEndian.shortAt(bytes, take(2));
    }

    int readInt() throws InvalidRecordException {
        return LittleEndian.intAt(bytes, take(4));
    }

    long readLong() throws InvalidRecordException {
        return LittleEndian.longAt(bytes, take(8));
    }

    /** A number of items that follow, each of {@code itemBytes}. */
    int readCount(int itemBytes) throws InvalidRecordException {
        int count = readInt();
        checkCount(count, itemBytes);
        return count;
    }

    private void checkCount(int count, int itemBytes) throws InvalidRecordException {
        if (count < 0 || (long) count * itemBytes > end - at) {
            throw new InvalidRecordException(
                    "at most " + (end - at) / itemBytes + " items in the rest of the record", "a count of " + count);
        }
    }

    List<Integer> readInts(int count) throws InvalidRecordException {
        if (count == 0) {
            return List.of();
        }
        checkCount(count, Integer.BYTES);
        List<Integer> ints = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ints.add(readInt());
        }
        return List.copyOf(ints);
    }

    /** {@code TimestampTz}: microseconds since 2000-01-01 UTC. */
    Instant readTimestamp() throws InvalidRecordException {
        long microseconds = readLong();
        long seconds = Math.floorDiv(microseconds, MICROSECONDS);
        return Instant.ofEpochSecond(EPOCH_SECONDS + seconds, (microseconds - seconds * MICROSECONDS) * 1000L);
    }

    /** {@code pg_time_t}: seconds since 1970. */
    Instant readSeconds() throws InvalidRecordException {
        long seconds = readLong();
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException e) {
            throw new InvalidRecordException("a time in seconds since 1970", Long.toString(seconds));
        }
    }

    TimelineId readTimeline() throws InvalidRecordException {
        int timeline = readInt();
        if (timeline == 0) {
            throw new InvalidRecordException("a timeline of 1 or more", "timeline 0");
        }
        return new TimelineId(timeline);
    }

    /** Text up to a NUL byte, which is taken too. */
    String readString() throws InvalidRecordException {
        for (int i = at; i < end; i++) {
            if (bytes[i] == 0) {
                String text = text(i - at);
                take(1);
                return text;
            }
        }
        throw new InvalidRecordException("text that ends with a NUL byte", "the end of the record");
    }

    /** Text in a field of fixed size, up to its first NUL byte. */
    String readString(int fieldBytes) throws InvalidRecordException {
        int from = take(fieldBytes);
        int length = 0;
        while (length < fieldBytes && bytes[from + length] != 0) {
            length++;
        }
        at = from;
        String text = text(length);
        at = from + fieldBytes;
        return text;
    }

    private String text(int length) throws InvalidRecordException {
        return new String(bytes, take(length), length, StandardCharsets.UTF_8);
    }
}
