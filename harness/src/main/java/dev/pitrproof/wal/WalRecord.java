package dev.pitrproof.wal;

/**
 * One WAL record: the fixed header ({@code XLogRecord} of xlogrecord.h), where it lies, and what it says.
 *
 * @param start the position of the record's first byte; what recovery compares with a target LSN
 * @param end the position behind it, PostgreSQL's {@code EndRecPtr}: rounded up to 8 bytes, page headers included; the
 *     end of the segment for a record that switches segments. Where it falls on a page boundary the next record starts
 *     behind that page's header.
 * @param timeline the timeline that owns the record
 * @param xid the header's transaction number, unsigned 32 bits; 0 where the record belongs to no transaction, and in
 *     the records that end a prepared transaction
 * @param previous the start of the record before, {@code xl_prev}
 * @param rmid the resource manager's number, 0 to 255
 * @param info the header's flags, 0 to 255: the high four bits belong to the resource manager
 * @param totalLength the record's length in bytes, header included, page headers in between not
 * @param entry what the record says
 */
public record WalRecord(
        Lsn start,
        Lsn end,
        TimelineId timeline,
        int xid,
        Lsn previous,
        int rmid,
        int info,
        int totalLength,
        WalEntry entry) {

    /** {@code RM_XLOG_ID}. */
    public static final int RMID_XLOG = 0;

    /** {@code RM_XACT_ID}, which pg_waldump calls Transaction. */
    public static final int RMID_TRANSACTION = 1;

    /** {@code RM_SMGR_ID}, which pg_waldump calls Storage. */
    static final int RMID_STORAGE = 2;

    /** {@code RM_DBASE_ID}. */
    static final int RMID_DATABASE = 4;

    /** {@code RM_STANDBY_ID}. */
    static final int RMID_STANDBY = 8;

    /** {@code RM_HEAP_ID}. */
    static final int RMID_HEAP = 10;
}
