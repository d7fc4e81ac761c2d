package dev.pitrproof.wal;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A WAL segment: the file that holds one fixed-size stretch of one timeline's log.
 *
 * <p>Its file name is 24 hexadecimal digits: the timeline, then the segment's number in two halves of eight digits, of
 * which the lower counts to 2^32 divided by the segment size (see {@code XLogFileName} in xlog_internal.h).
 *
 * @param timeline the timeline in the file's name
 * @param number the position of the segment in the log, counted in segments from 0
 * @param segmentSize bytes per segment: a power of two from 1 MB to 1 GB
 */
public record SegmentName(TimelineId timeline, long number, int segmentSize) implements Comparable<SegmentName> {

    private static final Pattern FORM = Pattern.compile("[0-9A-F]{24}");
    private static final HexFormat HEXADECIMAL = HexFormat.of().withUpperCase();
    private static final int SMALLEST = 1 << 20;
    private static final int LARGEST = 1 << 30;

    public SegmentName {
        if (Integer.bitCount(segmentSize) != 1 || segmentSize < SMALLEST || segmentSize > LARGEST) {
            throw new IllegalArgumentException(
                    "WAL segment size is " + segmentSize + " bytes: expected a power of two from 1 MB to 1 GB");
        }
    }

    /** The segment that holds the byte at {@code position}. */
    public static SegmentName holding(TimelineId timeline, Lsn position, int segmentSize) {
        return new SegmentName(timeline, Long.divideUnsigned(position.value(), segmentSize), segmentSize);
    }

    /** The segment that holds the byte before {@code end}: where a record that ends at {@code end} has its last byte. */
    public static SegmentName before(TimelineId timeline, Lsn end, int segmentSize) {
        return holding(timeline, end.plus(-1), segmentSize);
    }

    /** Whether a file of this name is a WAL segment, and not a history file, a partial segment or something else. */
    public static boolean isSegment(String fileName) {
        return FORM.matcher(fileName).matches();
    }

    /**
     * Reads a segment's file name.
     *
     * @throws IllegalArgumentException if it is no such name, or its number is out of range for this segment size
     */
    public static SegmentName parse(String fileName, int segmentSize) {
        if (!isSegment(fileName)) {
            throw new IllegalArgumentException(
                    "\"" + fileName + "\" is not a WAL segment: expected a name of 24 hexadecimal digits");
        }
        TimelineId timeline = new TimelineId(Integer.parseUnsignedInt(fileName, 0, 8, 16));
        long high = Long.parseLong(fileName, 8, 16, 16);
        long low = Long.parseLong(fileName, 16, 24, 16);
        long perHigh = segmentsPerHigh(segmentSize);
        if (low >= perHigh) {
            throw new IllegalArgumentException("\"" + fileName + "\" cannot be a segment of " + segmentSize
                    + " bytes: its last eight digits stop at " + String.format(Locale.ROOT, "%08X", perHigh - 1));
        }
        return new SegmentName(timeline, high * perHigh + low, segmentSize);
    }

    private static long segmentsPerHigh(int segmentSize) {
        return 0x1_0000_0000L / segmentSize;
    }

    public String fileName() {
        long perHigh = segmentsPerHigh(segmentSize);
        return timeline.hexadecimal()
                + HEXADECIMAL.toHexDigits((int) (number / perHigh))
                + HEXADECIMAL.toHexDigits((int) (number % perHigh));
    }

    /** The position of the segment's first byte. */
    public Lsn start() {
        return new Lsn(number * segmentSize);
    }

    /** The position behind the segment's last byte. */
    public Lsn end() {
        return start().plus(segmentSize);
    }

    /** The segment that follows on the same timeline. */
    public SegmentName next() {
        return new SegmentName(timeline, number + 1, segmentSize);
    }

    /** The segment of the same stretch of log on another timeline. */
    public SegmentName on(TimelineId other) {
        return new SegmentName(other, number, segmentSize);
    }

    // written out, for the first use of a generated one takes some ten milliseconds
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SegmentName segment
                && timeline.equals(segment.timeline)
                && number == segment.number
                && segmentSize == segment.segmentSize;
    }

    @Override
    public int hashCode() {
        return 31 * timeline.hashCode() + Long.hashCode(number);
    }

    /** By position, then by timeline. */
    @Override
    public int compareTo(SegmentName other) {
        int byNumber = Long.compareUnsigned(number, other.number);
        return byNumber != 0 ? byNumber : timeline.compareTo(other.timeline);
    }

    @Override
    public String toString() {
        return fileName();
    }
}
