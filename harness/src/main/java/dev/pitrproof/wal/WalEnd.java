package dev.pitrproof.wal;

import java.util.Locale;

/** Why reading the WAL ended. */
public sealed interface WalEnd {

    /** The end of the last whole record read; where reading began if there was none. */
    Lsn validThrough();

    /** One line for a user: what was found where, without a full stop. */
    String message();

    /** Whoever asked for the records had enough. */
    record Stopped(Lsn validThrough) implements WalEnd {
        @Override
        public String message() {
            return "reading stopped as asked at " + validThrough;
        }
    }

    /** The segment that comes next is not there; the normal end of an archive. */
    record SegmentMissing(Lsn validThrough, SegmentName segment) implements WalEnd {
        @Override
        public String message() {
            return "segment " + segment + " is missing: WAL is complete through " + validThrough;
        }
    }

    /**
     * What follows is no WAL.
     *
     * @param segment the file in which it was found
     * @param at the start of the record, or of the page, that is not as it should be
     * @param plausibleEnd whether it looks like the end of a live {@code pg_wal}: zeros or a recycled page, and nothing
     *     valid behind. In an archive's last segment nobody can tell that from damage.
     */
    record Invalid(Lsn validThrough, SegmentName segment, Lsn at, String expected, String found, boolean plausibleEnd)
            implements WalEnd {
        @Override
        public String message() {
            return "invalid WAL at " + at + " in segment " + segment + ": expected " + expected + ", found " + found;
        }
    }

    /** The next segment was written by another cluster. */
    record ForeignSystem(Lsn validThrough, SegmentName segment, long expectedSystemIdentifier, long found)
            implements WalEnd {
        @Override
        public String message() {
            return String.format(
                    Locale.ROOT,
                    "segment %s is of another cluster: expected system identifier %s, found %s",
                    segment,
                    Long.toUnsignedString(expectedSystemIdentifier),
                    Long.toUnsignedString(found));
        }
    }
}
