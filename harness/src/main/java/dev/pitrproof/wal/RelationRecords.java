package dev.pitrproof.wal;

/**
 * The few records of other resource managers that tell what became of a relation: layouts of storage_xlog.h,
 * heapam_xlog.h and dbcommands_xlog.h.
 */
final class RelationRecords {

    private static final int STORAGE_OPERATION_MASK = 0xF0;
    private static final int STORAGE_CREATE = 0x10;

    /** {@code XLOG_HEAP_OPMASK}: the bit above it marks a page that is initialised. */
    private static final int HEAP_OPERATION_MASK = 0x70;

    private static final int HEAP_TRUNCATE = 0x30;
    private static final int DATABASE_OPERATION_MASK = 0xF0;

    private RelationRecords() {}

    static boolean interprets(WalVersion version, int rmid, int info) {
        return switch (rmid) {
            case WalRecord.RMID_STORAGE -> (info & STORAGE_OPERATION_MASK) == STORAGE_CREATE;
            case WalRecord.RMID_HEAP -> (info & HEAP_OPERATION_MASK) == HEAP_TRUNCATE;
            case WalRecord.RMID_DATABASE -> (info & DATABASE_OPERATION_MASK) == version.databaseDropOperation();
            default -> false;
        };
    }

    static WalEntry decode(int rmid, RecordCursor data) throws InvalidRecordException {
        return switch (rmid) {
            case WalRecord.RMID_STORAGE ->
                new WalEntry.FileCreated(
                        new WalEntry.RelationFile(data.readInt(), data.readInt(), data.readInt()), data.readInt());
            case WalRecord.RMID_HEAP -> truncated(data);
            case WalRecord.RMID_DATABASE -> new WalEntry.DatabaseDropped(data.readInt());
            default -> RecordDecoder.OTHER;
        };
    }

    private static WalEntry truncated(RecordCursor data) throws InvalidRecordException {
        int database = data.readInt();
        int relations = data.readInt();
        data.skip(Integer.BYTES); // flags, padded
        return new WalEntry.RelationsTruncated(database, data.readInts(relations));
    }
}
