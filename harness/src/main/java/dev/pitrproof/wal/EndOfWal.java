package dev.pitrproof.wal;

/** Carries the reason why no record can be read here up to {@link WalReader}, which knows how far the WAL was valid. */
final class EndOfWal extends Exception {

    /** The reason, once it is known how far the WAL is valid. */
    interface Reason {
        WalEnd after(Lsn validThrough);
    }

    // no lambda: this one is met wherever a record is looked for
    private record Invalid(SegmentName segment, long at, String expected, String found, boolean plausibleEnd)
            implements Reason {
        @Override
        public WalEnd after(Lsn validThrough) {
            return new WalEnd.Invalid(validThrough, segment, new Lsn(at), expected, found, plausibleEnd);
        }
    }

    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    EndOfWal(Reason reason) {
        super(null, null, false, false);
        this.reason = reason;
    }

    static EndOfWal invalid(SegmentName segment, long at, String expected, String found, boolean plausibleEnd) {
        return new EndOfWal(new Invalid(segment, at, expected, found, plausibleEnd));
    }

    WalEnd after(Lsn validThrough) {
        return reason.after(validThrough);
    }
}
