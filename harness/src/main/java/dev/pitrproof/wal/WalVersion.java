package dev.pitrproof.wal;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The form of the WAL of one PostgreSQL major version, told by the magic number in each page header
 * ({@code XLOG_PAGE_MAGIC} in xlog_internal.h).
 *
 * <p>Whatever differs between the majors is asked here, so that the decoder itself knows no version numbers.
 */
public enum WalVersion {
    POSTGRESQL_13(13, 0xD106),
    POSTGRESQL_14(14, 0xD10D),
    POSTGRESQL_15(15, 0xD110),
    POSTGRESQL_16(16, 0xD113),
    POSTGRESQL_17(17, 0xD116),
    POSTGRESQL_18(18, 0xD118);

    /** {@code RM_MAX_BUILTIN_ID}: LogicalMessage, the same in all these majors. */
    private static final int BUILTIN_RESOURCE_MANAGER_LAST = 21;

    /** {@code RM_MIN_CUSTOM_ID}. */
    private static final int CUSTOM_RESOURCE_MANAGER_FIRST = 128;

    private final int major;
    private final int pageMagic;

    WalVersion(int major, int pageMagic) {
        this.major = major;
        this.pageMagic = pageMagic;
    }

    /** The version that writes pages with this magic number, empty for a number of none of them. */
    public static Optional<WalVersion> ofPageMagic(int pageMagic) {
        for (WalVersion version : values()) {
            if (version.pageMagic == pageMagic) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    /** All magic numbers known here, for messages: {@code D106, D10D, …}. */
    static String knownMagics() {
        return Arrays.stream(values())
                .map(version -> String.format(Locale.ROOT, "%04X", version.pageMagic))
                .collect(Collectors.joining(", "));
    }

    public int major() {
        return major;
    }

    public int pageMagic() {
        return pageMagic;
    }

    /** {@code RmgrIdIsValid} of rmgr.h: extensions have resource managers of their own since 15. */
    boolean hasResourceManager(int rmid) {
        return rmid <= BUILTIN_RESOURCE_MANAGER_LAST || (major >= 15 && rmid >= CUSTOM_RESOURCE_MANAGER_FIRST);
    }

    /** {@code XLR_BLOCK_ID_TOPLEVEL_XID} exists. */
    boolean hasTopLevelXid() {
        return major >= 14;
    }

    /** {@code BKPIMAGE_COMPRESSED} of xlogrecord.h: one bit for pglz before 15, one a method since. */
    boolean isImageCompressed(int imageInfo) {
        return (imageInfo & (major >= 15 ? 0x04 | 0x08 | 0x10 : 0x02)) != 0;
    }

    /** Commits, aborts and prepares carry the statistics entries they drop ({@code xl_xact_stats_items} of xact.h). */
    boolean hasDroppedStatistics() {
        return major >= 15;
    }

    /** {@code XLOG_DBASE_DROP} of dbcommands_xlog.h: 15 put another operation in its old place. */
    int databaseDropOperation() {
        return major >= 15 ? 0x20 : 0x10;
    }

    /** Checkpoints and ends of recovery carry {@code wal_level}, in a checkpoint where padding was before. */
    boolean hasWalLevelInCheckpoints() {
        return major >= 17;
    }

    /** Size of {@code xl_xact_stats_item}: its object number has 64 bits since 18. */
    int droppedStatisticsItemBytes() {
        return major >= 18 ? 16 : 12;
    }
}
