package dev.pitrproof.wal;

import java.time.Instant;

/** The records of the resource manager XLOG that matter to recovery's course; layouts of pg_control.h and xlog_internal.h. */
final class XlogRecords {

    private static final int OPERATION_MASK = 0xF0;
    private static final int CHECKPOINT_SHUTDOWN = 0x00;
    private static final int CHECKPOINT_ONLINE = 0x10;
    private static final int SWITCH = 0x40;
    private static final int BACKUP_END = 0x50;
    private static final int PARAMETER_CHANGE = 0x60;
    private static final int RESTORE_POINT = 0x70;
    private static final int END_OF_RECOVERY = 0x90;
    private static final int OVERWRITE_CONTRECORD = 0xD0;

    /** {@code MAXFNAMELEN}. */
    private static final int RESTORE_POINT_NAME_BYTES = 64;

    private static final WalEntry SEGMENT_SWITCH = new WalEntry.SegmentSwitch();

    private XlogRecords() {}

    static boolean isSwitch(int rmid, int info) {
        return rmid == WalRecord.RMID_XLOG && (info & OPERATION_MASK) == SWITCH;
    }

    static boolean isOverwriteContrecord(int rmid, int info) {
        return rmid == WalRecord.RMID_XLOG && (info & OPERATION_MASK) == OVERWRITE_CONTRECORD;
    }

    static WalEntry decode(int info, RecordCursor data) throws InvalidRecordException {
        return switch (info & OPERATION_MASK) {
            case CHECKPOINT_SHUTDOWN -> checkpoint(true, data);
            case CHECKPOINT_ONLINE -> checkpoint(false, data);
            case SWITCH -> SEGMENT_SWITCH;
            case BACKUP_END -> new WalEntry.BackupEnd(new Lsn(data.readLong()));
            case PARAMETER_CHANGE -> parameterChange(data);
            case RESTORE_POINT ->
                new WalEntry.RestorePoint(data.readTimestamp(), data.readString(RESTORE_POINT_NAME_BYTES));
            case END_OF_RECOVERY ->
                new WalEntry.EndOfRecovery(data.readTimestamp(), data.readTimeline(), data.readTimeline());
            default -> RecordDecoder.OTHER;
        };
    }

    private static WalEntry checkpoint(boolean shutdown, RecordCursor data) throws InvalidRecordException {
        Lsn redo = new Lsn(data.readLong());
        TimelineId timeline = data.readTimeline();
        TimelineId previousTimeline = data.readTimeline();
        // fullPageWrites; since 17 wal_level too, in what was padding
        data.skip(8);
        long nextFullXid = data.readLong();
        data.skip(3L * Integer.BYTES); // next OID, next multixact, next multixact offset
        int oldestXid = data.readInt();
        data.skip(3L * Integer.BYTES); // its database, oldest multixact, its database
        data.align();
        Instant time = data.readSeconds();
        data.skip(2L * Integer.BYTES); // oldest and newest xid with a commit timestamp
        int oldestActiveXid = data.readInt();
        return new WalEntry.Checkpoint(
                shutdown, redo, timeline, previousTimeline, nextFullXid, time, oldestXid, oldestActiveXid);
    }

    private static WalEntry parameterChange(RecordCursor data) throws InvalidRecordException {
        return new WalEntry.ParameterChange(
                data.readInt(),
                data.readInt(),
                data.readInt(),
                data.readInt(),
                data.readInt(),
                data.readInt(),
                data.readBoolean(),
                data.readBoolean());
    }
}
