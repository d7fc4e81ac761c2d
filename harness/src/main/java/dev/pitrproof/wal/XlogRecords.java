package dev.pitrproof.wal;

import java.time.Instant;
import java.util.OptionalInt;

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
    private static final int PAGE_IMAGE_FOR_HINT = 0xA0;
    private static final int PAGE_IMAGE = 0xB0;
    private static final int OVERWRITE_CONTRECORD = 0xD0;
    private static final int CHECKPOINT_REDO = 0xE0;

    /** {@code MAXFNAMELEN}. */
    private static final int RESTORE_POINT_NAME_BYTES = 64;

    private static final WalEntry SEGMENT_SWITCH = new WalEntry.SegmentSwitch();

    private XlogRecords() {}

    /** Not the images of pages, of which there may be many. */
    static boolean interprets(int info) {
        int operation = info & OPERATION_MASK;
        return operation != PAGE_IMAGE && operation != PAGE_IMAGE_FOR_HINT;
    }

    static boolean isSwitch(int rmid, int info) {
        return rmid == WalRecord.RMID_XLOG && (info & OPERATION_MASK) == SWITCH;
    }

    static boolean isOverwriteContrecord(int rmid, int info) {
        return rmid == WalRecord.RMID_XLOG && (info & OPERATION_MASK) == OVERWRITE_CONTRECORD;
    }

    static WalEntry decode(WalVersion version, int info, RecordCursor data) throws InvalidRecordException {
        return switch (info & OPERATION_MASK) {
            case CHECKPOINT_SHUTDOWN -> checkpoint(version, true, data);
            case CHECKPOINT_ONLINE -> checkpoint(version, false, data);
            case SWITCH -> SEGMENT_SWITCH;
            case BACKUP_END -> new WalEntry.BackupEnd(new Lsn(data.readLong()));
            case PARAMETER_CHANGE -> parameterChange(data);
            case RESTORE_POINT ->
                new WalEntry.RestorePoint(data.readTimestamp(), data.readString(RESTORE_POINT_NAME_BYTES));
            case END_OF_RECOVERY ->
                new WalEntry.EndOfRecovery(
                        data.readTimestamp(), data.readTimeline(), data.readTimeline(), walLevel(version, data));
            case OVERWRITE_CONTRECORD -> new WalEntry.OverwrittenRecord(new Lsn(data.readLong()), data.readTimestamp());
            case CHECKPOINT_REDO -> new WalEntry.CheckpointRedo(data.readInt());
            default -> RecordDecoder.OTHER;
        };
    }

    private static OptionalInt walLevel(WalVersion version, RecordCursor data) throws InvalidRecordException {
        return version.hasWalLevelInCheckpoints() ? OptionalInt.of(data.readInt()) : OptionalInt.empty();
    }

    private static WalEntry checkpoint(WalVersion version, boolean shutdown, RecordCursor data)
            throws InvalidRecordException {
        Lsn redo = new Lsn(data.readLong());
        TimelineId timeline = data.readTimeline();
        TimelineId previousTimeline = data.readTimeline();
        data.skip(4); // fullPageWrites, padding
        OptionalInt walLevel = walLevel(version, data);
        data.align();
        long nextFullXid = data.readLong();
        data.skip(3L * Integer.BYTES); // next OID, next multixact, next multixact offset
        int oldestXid = data.readInt();
        data.skip(3L * Integer.BYTES); // its database, oldest multixact, its database
        data.align();
        Instant time = data.readSeconds();
        data.skip(2L * Integer.BYTES); // oldest and newest xid with a commit timestamp
        int oldestActiveXid = data.readInt();
        return new WalEntry.Checkpoint(
                shutdown, redo, timeline, previousTimeline, nextFullXid, time, oldestXid, oldestActiveXid, walLevel);
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
