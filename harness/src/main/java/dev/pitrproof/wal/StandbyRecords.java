package dev.pitrproof.wal;

/** The record of the resource manager Standby that tells what was in progress: {@code xl_running_xacts} of standbydefs.h. */
final class StandbyRecords {

    private static final int OPERATION_MASK = 0xF0;
    private static final int RUNNING_XACTS = 0x10;

    private StandbyRecords() {}

    static boolean interprets(int info) {
        return (info & OPERATION_MASK) == RUNNING_XACTS;
    }

    static WalEntry decode(RecordCursor data) throws InvalidRecordException {
        int xids = data.readInt();
        int subxids = data.readInt();
        boolean overflowed = data.readBoolean();
        data.skip(3); // padding
        return new WalEntry.RunningTransactions(
                data.readInt(),
                data.readInt(),
                data.readInt(),
                overflowed,
                data.readInts(xids),
                data.readInts(subxids));
    }
}
