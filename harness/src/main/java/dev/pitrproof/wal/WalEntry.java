package dev.pitrproof.wal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a WAL record says, as far as recovery's stopping point and a proof of it hang on it: records of the resource
 * managers Transaction (xact.h) and XLOG (pg_control.h, xlog_internal.h). All others are {@link Other}.
 *
 * <p>Transaction numbers and OIDs are unsigned 32 bits, as the WAL holds them. Times are of the server's clock and have
 * microseconds, except where said.
 */
public sealed interface WalEntry {

    /** How a transaction ended. */
    enum Kind {
        COMMIT,
        ABORT,
        COMMIT_PREPARED,
        ABORT_PREPARED;

        public boolean commits() {
            return this == COMMIT || this == COMMIT_PREPARED;
        }
    }

    /**
     * A file of a relation, {@code RelFileLocator} of relfilelocator.h ({@code RelFileNode} before 16).
     *
     * @param tablespace the tablespace's OID
     * @param database the database's OID, 0 for a shared relation
     * @param relfilenumber the file's number, which is no OID of a table
     */
    record RelationFile(int tablespace, int database, int relfilenumber) {
        /** The three numbers as pg_waldump prints them: {@code 1663/5/16384}. */
        @Override
        public String toString() {
            return Integer.toUnsignedString(tablespace)
                    + "/"
                    + Integer.toUnsignedString(database)
                    + "/"
                    + Integer.toUnsignedString(relfilenumber);
        }
    }

    /**
     * {@code XLOG_XACT_COMMIT}, {@code _ABORT}, {@code _COMMIT_PREPARED}, {@code _ABORT_PREPARED}: one of the records a
     * target time or xid is compared with. A subtransaction that is rolled back on its own has an ABORT of its own.
     *
     * @param xid the transaction that ended: the record header's, but for the prepared forms the one in the record
     * @param time {@code xact_time}, which is not monotonic in WAL order
     * @param subxids the subtransactions that ended with it
     * @param removedFiles the files this end deletes: of tables dropped, truncated or rewritten, and of tables created
     *     by a transaction that aborts
     * @param droppedRelations the OIDs of relations whose statistics it drops, which tells a DROP from a TRUNCATE; in an
     *     abort, of relations the transaction had created; always empty before 15
     * @param gid the prepared transaction's name; null for the other forms, and with {@code wal_level} below logical
     * @param database the OID of the database it worked in; 0 where the record does not say, which it does for one that
     *     changes the catalog
     */
    record TransactionEnd(
            Kind kind,
            int xid,
            Instant time,
            List<Integer> subxids,
            List<RelationFile> removedFiles,
            List<Integer> droppedRelations,
            @Nullable String gid,
            int database)
            implements WalEntry {

        /** An end that does not say which database it is of. */
        public TransactionEnd(
                Kind kind,
                int xid,
                Instant time,
                List<Integer> subxids,
                List<RelationFile> removedFiles,
                List<Integer> droppedRelations,
                @Nullable String gid) {
            this(kind, xid, time, subxids, removedFiles, droppedRelations, gid, 0);
        }
    }

    /** {@code XLOG_XACT_PREPARE}: first phase of a two-phase commit. No target time or xid is compared with it. */
    record Prepare(int xid, Instant preparedAt, String gid, List<Integer> subxids) implements WalEntry {}

    /** {@code XLOG_RESTORE_POINT}: {@code pg_create_restore_point(name)}. */
    record RestorePoint(Instant time, String name) implements WalEntry {}

    /**
     * {@code XLOG_CHECKPOINT_SHUTDOWN} or {@code XLOG_CHECKPOINT_ONLINE}: {@code CheckPoint} of pg_control.h.
     *
     * @param redo where recovery from this checkpoint begins
     * @param timeline the timeline from here on
     * @param previousTimeline differs from {@code timeline} where a new timeline begins
     * @param nextFullXid the next transaction number with its epoch, {@code epoch << 32 | xid}
     * @param time in whole seconds
     * @param oldestXid {@code oldestXid}: the oldest number whose status is still known
     * @param oldestActiveXid the oldest running transaction; 0 in a shutdown checkpoint
     */
    record Checkpoint(
            boolean shutdown,
            Lsn redo,
            TimelineId timeline,
            TimelineId previousTimeline,
            long nextFullXid,
            Instant time,
            int oldestXid,
            int oldestActiveXid)
            implements WalEntry {}

    /** {@code XLOG_END_OF_RECOVERY}: a promotion without a checkpoint; the new timeline begins here. */
    record EndOfRecovery(Instant time, TimelineId timeline, TimelineId previousTimeline) implements WalEntry {}

    /**
     * {@code XLOG_BACKUP_END}: recovery from the backup that began at {@code backupStart} is consistent behind this
     * record.
     */
    record BackupEnd(Lsn backupStart) implements WalEntry {}

    /** {@code XLOG_SWITCH}: the rest of the segment is empty. */
    record SegmentSwitch() implements WalEntry {}

    /**
     * {@code XLOG_PARAMETER_CHANGE}: the settings a hot standby must not fall below.
     *
     * @param walLevel 0 minimal, 1 replica, 2 logical
     */
    record ParameterChange(
            int maxConnections,
            int maxWorkerProcesses,
            int maxWalSenders,
            int maxPreparedTransactions,
            int maxLocksPerTransaction,
            int walLevel,
            boolean walLogHints,
            boolean trackCommitTimestamp)
            implements WalEntry {}

    /**
     * {@code XLOG_SMGR_CREATE}: a relation gets a new file. The record belongs to no transaction if that has no xid yet,
     * which cannot be where an existing table gets a new file: the lock that this takes assigns one.
     *
     * @param fork 0 for the relation's data; 3 for the empty form of an unlogged one
     */
    record FileCreated(RelationFile file, int fork) implements WalEntry {}

    /**
     * {@code XLOG_HEAP_TRUNCATE}: TRUNCATE said so itself, which it does with {@code wal_level=logical} only.
     *
     * @param relations the OIDs of the tables
     */
    record RelationsTruncated(int database, List<Integer> relations) implements WalEntry {}

    /** {@code XLOG_DBASE_DROP}: the files of a database are removed. */
    record DatabaseDropped(int database) implements WalEntry {}

    /** Every other record; its data are not interpreted. */
    record Other() implements WalEntry {}
}
