package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalEntry.Kind;
import dev.pitrproof.wal.WalRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * WAL as records, without bytes: a backup begins with the first record, each record is 0x100 long, and the times of
 * transaction ends are seconds after {@link #EPOCH}.
 */
final class RecordsInMemory implements Iterable<WalRecord> {

    static final Instant EPOCH = Instant.parse("2026-03-01T12:00:00Z");
    static final Lsn REDO = Lsn.parse("0/2000028");
    static final long FIRST_XID = 700;

    private static final int LENGTH = 0x100;
    private static final int RMID_HEAP = 10;

    private final List<WalRecord> records = new ArrayList<>();
    private Lsn position = REDO;

    private RecordsInMemory() {}

    /** A backup from redo to its end record; the next xid is {@link #FIRST_XID}. */
    static RecordsInMemory ofBackup() {
        return startedBackup(FIRST_XID).backupEnd();
    }

    static RecordsInMemory ofBackup(long nextFullXid) {
        return startedBackup(nextFullXid).backupEnd();
    }

    /** The same, not yet at its end. */
    static RecordsInMemory startedBackup(long nextFullXid) {
        RecordsInMemory wal = new RecordsInMemory();
        return wal.other(0).checkpoint(nextFullXid, EPOCH);
    }

    /** A standby's backup, which begins at a shutdown checkpoint: redo position and checkpoint are one record. */
    static RecordsInMemory ofShutdown(long nextFullXid) {
        return new RecordsInMemory().checkpoint(nextFullXid, EPOCH);
    }

    RecordsInMemory other(int xid) {
        return add(xid, RMID_HEAP, new WalEntry.Other());
    }

    RecordsInMemory checkpoint(long next, Instant time) {
        return add(
                0,
                WalRecord.RMID_XLOG,
                new WalEntry.Checkpoint(false, REDO, TimelineId.FIRST, TimelineId.FIRST, next, time, 3, 0));
    }

    RecordsInMemory backupEnd() {
        return add(0, WalRecord.RMID_XLOG, new WalEntry.BackupEnd(REDO));
    }

    RecordsInMemory backupEnd(Lsn backupStart) {
        return add(0, WalRecord.RMID_XLOG, new WalEntry.BackupEnd(backupStart));
    }

    RecordsInMemory commit(int xid, double seconds, int... subxids) {
        return end(Kind.COMMIT, xid, seconds, subxids);
    }

    RecordsInMemory abort(int xid, double seconds, int... subxids) {
        return end(Kind.ABORT, xid, seconds, subxids);
    }

    RecordsInMemory prepare(int xid, double seconds, int... subxids) {
        return add(
                xid,
                WalRecord.RMID_TRANSACTION,
                new WalEntry.Prepare(
                        xid, at(seconds), "gid", IntStream.of(subxids).boxed().toList()));
    }

    RecordsInMemory end(Kind kind, int xid, double seconds, int... subxids) {
        boolean prepared = kind == Kind.COMMIT_PREPARED || kind == Kind.ABORT_PREPARED;
        return add(
                prepared ? 0 : xid,
                WalRecord.RMID_TRANSACTION,
                new WalEntry.TransactionEnd(
                        kind, xid, at(seconds), IntStream.of(subxids).boxed().toList(), List.of(), List.of(), null));
    }

    RecordsInMemory restorePoint(String name, double seconds) {
        return add(0, WalRecord.RMID_XLOG, new WalEntry.RestorePoint(at(seconds), name));
    }

    RecordsInMemory segmentSwitch() {
        return add(0, WalRecord.RMID_XLOG, new WalEntry.SegmentSwitch());
    }

    RecordsInMemory parameters(int maxConnections, int maxPreparedTransactions) {
        return add(
                0,
                WalRecord.RMID_XLOG,
                new WalEntry.ParameterChange(maxConnections, 8, 10, maxPreparedTransactions, 64, 1, false, false));
    }

    /** From here on the server runs with {@code wal_level=minimal}. */
    RecordsInMemory minimal() {
        return add(0, WalRecord.RMID_XLOG, new WalEntry.ParameterChange(100, 8, 0, 0, 64, 0, false, false));
    }

    private RecordsInMemory add(int xid, int rmid, WalEntry entry) {
        Lsn end = position.plus(LENGTH);
        Lsn previous = records.isEmpty() ? Lsn.INVALID : last().start();
        records.add(new WalRecord(position, end, TimelineId.FIRST, xid, previous, rmid, 0, LENGTH, entry));
        position = end;
        return this;
    }

    /** The record that was added last. */
    WalRecord last() {
        return records.get(records.size() - 1);
    }

    /** Where the next record will start. */
    Lsn position() {
        return position;
    }

    WalRecord get(int index) {
        return records.get(index);
    }

    static Instant at(double seconds) {
        return EPOCH.plusNanos(Math.round(seconds * 1e9));
    }

    BackupBounds bounds() {
        Lsn checkpoint = records.get(1).start();
        return new BackupBounds(REDO, checkpoint, Lsn.parse("0/2000400"), TimelineId.FIRST, false);
    }

    /** The oracle's word on the WAL so far, which then ends. */
    Prediction predict(RecoveryTarget target) {
        return predict(target, bounds());
    }

    Prediction predict(RecoveryTarget target, BackupBounds bounds) {
        return Oracle.predict(this, new WalEnd.Stopped(position), bounds, target);
    }

    @Override
    public Iterator<WalRecord> iterator() {
        return records.iterator();
    }
}
