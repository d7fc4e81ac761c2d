package dev.pitrproof.wal;

import dev.pitrproof.wal.WalEntry.Kind;
import dev.pitrproof.wal.WalEntry.Origin;
import dev.pitrproof.wal.WalEntry.RelationFile;
import dev.pitrproof.wal.WalEntry.StatisticsItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of the resource manager Transaction, as {@code ParseCommitRecord}, {@code ParseAbortRecord} and
 * {@code ParsePrepareRecord} of xactdesc.c read them.
 */
final class TransactionRecords {

    private static final int OPERATION_MASK = 0x70;
    private static final int COMMIT = 0x00;
    private static final int PREPARE = 0x10;
    private static final int ABORT = 0x20;
    private static final int COMMIT_PREPARED = 0x30;
    private static final int ABORT_PREPARED = 0x40;

    /** {@code XLOG_XACT_HAS_INFO}: a word of flags follows the time. */
    private static final int HAS_INFO = 0x80;

    private static final int HAS_DBINFO = 1 << 0;
    private static final int HAS_SUBXACTS = 1 << 1;
    private static final int HAS_RELFILELOCATORS = 1 << 2;
    private static final int HAS_INVALS = 1 << 3;
    private static final int HAS_TWOPHASE = 1 << 4;
    private static final int HAS_ORIGIN = 1 << 5;
    private static final int HAS_GID = 1 << 7;
    private static final int HAS_DROPPED_STATS = 1 << 8;

    private static final int RELATION_FILE_BYTES = 12;
    private static final int INVALIDATION_BYTES = 16;

    /** {@code TWOPHASE_MAGIC} of twophase.c, the same in 13 to 18. */
    private static final int TWOPHASE_MAGIC = 0x57F94534;

    private TransactionRecords() {}

    static WalEntry decode(WalVersion version, int info, int xid, int origin, RecordCursor data)
            throws InvalidRecordException {
        return switch (info & OPERATION_MASK) {
            case COMMIT -> end(version, Kind.COMMIT, info, xid, origin, data);
            case ABORT -> end(version, Kind.ABORT, info, xid, origin, data);
            case COMMIT_PREPARED -> end(version, Kind.COMMIT_PREPARED, info, xid, origin, data);
            case ABORT_PREPARED -> end(version, Kind.ABORT_PREPARED, info, xid, origin, data);
            case PREPARE -> prepare(version, origin, data);
            default -> RecordDecoder.OTHER; // ASSIGNMENT, INVALIDATIONS
        };
    }

    private static WalEntry end(WalVersion version, Kind kind, int info, int headerXid, int origin, RecordCursor data)
            throws InvalidRecordException {
        Instant time = data.readTimestamp();
        int flags = (info & HAS_INFO) != 0 ? data.readInt() : 0;
        int database = 0;
        if ((flags & HAS_DBINFO) != 0) {
            database = data.readInt();
            data.skip(Integer.BYTES); // the database's tablespace
        }
        List<Integer> subxids =
                (flags & HAS_SUBXACTS) != 0 ? data.readInts(data.readCount(Integer.BYTES)) : List.<Integer>of();
        List<RelationFile> removedFiles = (flags & HAS_RELFILELOCATORS) != 0 ? files(data) : List.<RelationFile>of();
        List<StatisticsItem> dropped = version.hasDroppedStatistics() && (flags & HAS_DROPPED_STATS) != 0
                ? statistics(version, data)
                : List.<StatisticsItem>of();
        if (kind.commits() && (flags & HAS_INVALS) != 0) {
            data.skip((long) data.readCount(INVALIDATION_BYTES) * INVALIDATION_BYTES);
        }
        int xid = headerXid;
        @Nullable String gid = null;
        if ((flags & HAS_TWOPHASE) != 0) {
            xid = data.readInt();
            if ((flags & HAS_GID) != 0) {
                gid = data.readString();
            }
        }
        Origin from = (flags & HAS_ORIGIN) != 0 ? origin(origin, data) : null;
        if (data.remaining() != 0) {
            throw new InvalidRecordException(
                    "the end of a transaction's record behind its last part", data.remaining() + " more bytes");
        }
        return new WalEntry.TransactionEnd(
                kind, xid, time, subxids, removedFiles, relations(dropped), gid, database, dropped, from);
    }

    /** Its time is the origin's, and not the one recovery looks at. */
    private static Origin origin(int id, RecordCursor data) throws InvalidRecordException {
        return new Origin(id, new Lsn(data.readLong()), data.readTimestamp());
    }

    /** Of tables, indexes, sequences, views. */
    private static List<Integer> relations(List<StatisticsItem> dropped) {
        if (dropped.isEmpty()) {
            return List.of();
        }
        List<Integer> relations = new ArrayList<>();
        for (StatisticsItem item : dropped) {
            if (item.kind() == StatisticsItem.RELATION) {
                relations.add((int) item.object());
            }
        }
        return List.copyOf(relations);
    }

    private static List<RelationFile> files(RecordCursor data) throws InvalidRecordException {
        int count = data.readCount(RELATION_FILE_BYTES);
        List<RelationFile> files = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            files.add(new RelationFile(data.readInt(), data.readInt(), data.readInt()));
        }
        return List.copyOf(files);
    }

    private static List<StatisticsItem> statistics(WalVersion version, RecordCursor data)
            throws InvalidRecordException {
        boolean wide = version.droppedStatisticsItemBytes() > 3 * Integer.BYTES;
        int count = data.readCount(version.droppedStatisticsItemBytes());
        List<StatisticsItem> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int kind = data.readInt();
            int database = data.readInt();
            long low = Integer.toUnsignedLong(data.readInt());
            items.add(new StatisticsItem(kind, database, wide ? (long) data.readInt() << 32 | low : low));
        }
        return List.copyOf(items);
    }

    private static WalEntry prepare(WalVersion version, int origin, RecordCursor data) throws InvalidRecordException {
        int magic = data.readInt();
        if (magic != TWOPHASE_MAGIC) {
            throw new InvalidRecordException(
                    "two-phase state magic " + Integer.toHexString(TWOPHASE_MAGIC), Integer.toHexString(magic));
        }
        data.skip(Integer.BYTES); // total length of the state file
        int xid = data.readInt();
        data.skip(Integer.BYTES); // database
        Instant preparedAt = data.readTimestamp();
        data.skip(Integer.BYTES); // owner
        int subxids = data.readInt();
        data.skip(2 * Integer.BYTES); // files removed at commit, at abort
        if (version.hasDroppedStatistics()) {
            data.skip(2 * Integer.BYTES); // statistics dropped at commit, at abort
        }
        data.skip(Integer.BYTES + 1); // invalidations, whether they concern the relcache init file
        data.skip(1); // padding
        int gidBytes = data.readShort();
        Origin from = origin(origin, data);
        String gid = data.readString(gidBytes);
        data.align();
        return new WalEntry.Prepare(
                xid, preparedAt, gid, data.readInts(subxids), from.position().isInvalid() ? null : from);
    }
}
