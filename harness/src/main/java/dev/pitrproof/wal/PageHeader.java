package dev.pitrproof.wal;

import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The header of a WAL page: {@code XLogPageHeaderData}, and {@code XLogLongPageHeaderData} on a segment's first page
 * (xlog_internal.h).
 *
 * <p>The first page seen tells the version and, unless that was given, the system identifier; all later ones must agree.
 */
final class PageHeader {

    /** {@code SizeOfXLogShortPHD}: magic 2, info 2, timeline 4, page address 8, remaining length 4, padding 4. */
    static final int SHORT_BYTES = 24;

    /** {@code SizeOfXLogLongPHD}: and system identifier 8, segment size 4, page size 4. */
    static final int LONG_BYTES = 40;

    private static final int FIRST_IS_CONTRECORD = 0x0001;
    private static final int LONG_HEADER = 0x0002;
    private static final int FIRST_IS_OVERWRITE_CONTRECORD = 0x0008;

    /** With {@code XLP_BKP_REMOVABLE} (0x4), which only tells that no backup was running. */
    private static final int ALL_FLAGS = 0x000F;

    private final int segmentSize;
    private OptionalLong systemIdentifier;
    private @Nullable WalVersion version;

    PageHeader(int segmentSize, OptionalLong systemIdentifier) {
        this.segmentSize = segmentSize;
        this.systemIdentifier = systemIdentifier;
    }

    /**
     * What is wrong with a page header.
     *
     * @param isEmptyOrRecycled the page was never written since the file was made, or since it was last recycled
     * @param foreignSystemIdentifier the cluster the page is of, if that is what is wrong
     */
    record Mismatch(String expected, String found, boolean isEmptyOrRecycled, OptionalLong foreignSystemIdentifier) {
        static Mismatch of(String expected, String found) {
            return new Mismatch(expected, found, false, OptionalLong.empty());
        }
    }

    /** Checks the header at {@code index}; null if it is as it must be at {@code address}. */
    @Nullable
    Mismatch validate(byte[] bytes, int index, long address, TimelineId owner) {
        int magic = LittleEndian.shortAt(bytes, index);
        int info = LittleEndian.shortAt(bytes, index + 2);
        WalVersion found = version != null && version.pageMagic() == magic
                ? version
                : WalVersion.ofPageMagic(magic).orElse(null);
        boolean first = (address & (segmentSize - 1)) == 0;
        if (found == null || (version != null && found != version && !first)) {
            return wrongMagic(magic);
        }
        if (first) {
            Mismatch mismatch = validateLong(bytes, index, info);
            if (mismatch != null) {
                return mismatch;
            }
        }
        if (version != null && found != version) {
            return wrongMagic(magic);
        }
        version = found;
        if ((info & ~ALL_FLAGS) != 0) {
            return Mismatch.of("page flags of " + WalPages.hexadecimal(ALL_FLAGS), WalPages.hexadecimal(info));
        }
        if (!first && (info & LONG_HEADER) != 0) {
            return Mismatch.of("a short page header inside a segment", "page flags " + WalPages.hexadecimal(info));
        }
        long pageAddress = LittleEndian.longAt(bytes, index + 8);
        if (pageAddress != address) {
            // a file gets a new name, and its pages stay where they are in it
            boolean recycled = Long.compareUnsigned(pageAddress, address) < 0
                    && Long.remainderUnsigned(address - pageAddress, segmentSize) == 0;
            return new Mismatch(
                    "page address " + new Lsn(address),
                    "page address " + new Lsn(pageAddress),
                    recycled,
                    OptionalLong.empty());
        }
        if ((info & FIRST_IS_CONTRECORD) == 0 && LittleEndian.intAt(bytes, index + 16) != 0) {
            return Mismatch.of(
                    "a remaining length of 0 on a page that no record goes on in",
                    Long.toString(remainingLength(bytes, index)));
        }
        int timeline = LittleEndian.intAt(bytes, index + 4);
        if (timeline != owner.value()) {
            return Mismatch.of("a page of timeline " + owner, "timeline " + Integer.toUnsignedString(timeline));
        }
        return null;
    }

    private @Nullable Mismatch validateLong(byte[] bytes, int index, int info) {
        if ((info & LONG_HEADER) == 0) {
            return Mismatch.of(
                    "a long page header at the start of a segment", "page flags " + WalPages.hexadecimal(info));
        }
        long system = LittleEndian.longAt(bytes, index + 24);
        if (systemIdentifier.isPresent() && systemIdentifier.getAsLong() != system) {
            return new Mismatch("", "", false, OptionalLong.of(system));
        }
        int size = LittleEndian.intAt(bytes, index + 32);
        if (size != segmentSize) {
            return Mismatch.of(
                    "a segment size of " + segmentSize + " bytes in the page header",
                    Integer.toUnsignedString(size) + " bytes");
        }
        int pageBytes = LittleEndian.intAt(bytes, index + 36);
        if (pageBytes != WalPages.PAGE_BYTES) {
            return Mismatch.of(
                    "a WAL block size of " + WalPages.PAGE_BYTES + " bytes in the page header",
                    Integer.toUnsignedString(pageBytes) + " bytes");
        }
        systemIdentifier = OptionalLong.of(system);
        return null;
    }

    private Mismatch wrongMagic(int magic) {
        String expected = version == null
                ? "a page magic of PostgreSQL 13 to 18 (" + WalVersion.knownMagics() + ")"
                : String.format(Locale.ROOT, "page magic %04X of PostgreSQL %d", version.pageMagic(), version.major());
        return new Mismatch(expected, "page magic " + WalPages.hexadecimal(magic), magic == 0, OptionalLong.empty());
    }

    /** Whether the header in {@code bytes} is one of this log at this address. */
    boolean isAt(byte[] bytes, long address) {
        return version != null
                && LittleEndian.shortAt(bytes, 0) == version.pageMagic()
                && LittleEndian.longAt(bytes, 8) == address;
    }

    WalVersion version() {
        WalVersion known = version;
        if (known == null) {
            throw new IllegalStateException("no page was read yet");
        }
        return known;
    }

    OptionalLong systemIdentifier() {
        return systemIdentifier;
    }

    static int bytes(byte[] bytes, int index) {
        return (LittleEndian.shortAt(bytes, index + 2) & LONG_HEADER) != 0 ? LONG_BYTES : SHORT_BYTES;
    }

    static boolean startsWithContinuation(byte[] bytes, int index) {
        return (LittleEndian.shortAt(bytes, index + 2) & FIRST_IS_CONTRECORD) != 0;
    }

    static boolean startsWithOverwriteContrecord(byte[] bytes, int index) {
        return (LittleEndian.shortAt(bytes, index + 2) & FIRST_IS_OVERWRITE_CONTRECORD) != 0;
    }

    static long remainingLength(byte[] bytes, int index) {
        return Integer.toUnsignedLong(LittleEndian.intAt(bytes, index + 16));
    }
}
