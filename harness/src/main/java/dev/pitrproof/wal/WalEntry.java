package dev.pitrproof.wal;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a WAL record says, as far as recovery's stopping point and a proof of it hang on it: records of the resource
 * managers Transaction (xact.h) and XLOG (pg_control.h, xlog_internal.h), and the list of running transactions
 * (standbydefs.h). All others are {@link Other}.
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

        // written out, for the first use of a generated one takes some ten milliseconds
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof RelationFile file
                    && tablespace == file.tablespace
                    && database == file.database
                    && relfilenumber == file.relfilenumber;
        }

        @Override
        public int hashCode() {
            return 31 * (31 * tablespace + database) + relfilenumber;
        }

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
     * An entry of the cumulative statistics that goes with a dropped object, {@code xl_xact_stats_item} of xact.h.
     *
     * @param kind {@code PgStat_Kind} of pgstat_kind.h: 1 database, 2 relation, 3 function, 4 replication slot, 5
     *     subscription
     * @param object the object's OID; since 18 whatever 64 bits its kind goes by
     */
    record StatisticsItem(int kind, int database, long object) {
        static final int RELATION = 2;
    }

    /**
     * Where a replicated transaction came from, {@code xl_xact_origin} of xact.h.
     *
     * @param id the origin's number in pg_replication_origin ({@code roident}); 0 where the record does not name it
     * @param position the transaction's end in the WAL of its origin
     * @param time when it ended there
     */
    record Origin(int id, Lsn position, Instant time) {}

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
     * @param droppedStatistics all the statistics it drops, of relations and of other objects; always empty before 15
     * @param origin null unless it was replicated from elsewhere
     */
    record TransactionEnd(
            Kind kind,
            int xid,
            Instant time,
            List<Integer> subxids,
            List<RelationFile> removedFiles,
            List<Integer> droppedRelations,
            @Nullable String gid,
            int database,
            List<StatisticsItem> droppedStatistics,
            @Nullable Origin origin)
            implements WalEntry {

        /** An end of a transaction of this cluster's own that does not say which database it is of. */
        public TransactionEnd(
                Kind kind,
                int xid,
                Instant time,
                List<Integer> subxids,
                List<RelationFile> removedFiles,
                List<Integer> droppedRelations,
                @Nullable String gid) {
            this(kind, xid, time, subxids, removedFiles, droppedRelations, gid, 0, List.of(), null);
        }
    }

    /**
     * {@code XLOG_XACT_PREPARE}: first phase of a two-phase commit. No target time or xid is compared with it.
     *
     * @param origin null unless the transaction was replicated from elsewhere
     */
    record Prepare(
            int xid,
            Instant preparedAt,
            String gid,
            List<Integer> subxids,
            @Nullable Origin origin) implements WalEntry {

        /** A transaction of this cluster's own. */
        public Prepare(int xid, Instant preparedAt, String gid, List<Integer> subxids) {
            this(xid, preparedAt, gid, subxids, null);
        }
    }

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
     * @param walLevel as in {@link ParameterChange}; empty before 17
     */
    record Checkpoint(
            boolean shutdown,
            Lsn redo,
            TimelineId timeline,
            TimelineId previousTimeline,
            long nextFullXid,
            Instant time,
            int oldestXid,
            int oldestActiveXid,
            OptionalInt walLevel)
            implements WalEntry {

        /** A checkpoint as servers before 17 write it. */
        public Checkpoint(
                boolean shutdown,
                Lsn redo,
                TimelineId timeline,
                TimelineId previousTimeline,
                long nextFullXid,
                Instant time,
                int oldestXid,
                int oldestActiveXid) {
            this(
                    shutdown,
                    redo,
                    timeline,
                    previousTimeline,
                    nextFullXid,
                    time,
                    oldestXid,
                    oldestActiveXid,
                    OptionalInt.empty());
        }
    }

    /**
     * {@code XLOG_CHECKPOINT_REDO}, since 17: an online checkpoint begins here; its own record follows when it is done,
     * and its {@code redo} is this record's start.
     *
     * @param walLevel as in {@link ParameterChange}
     */
    record CheckpointRedo(int walLevel) implements WalEntry {}

    /**
     * {@code XLOG_END_OF_RECOVERY}: a promotion without a checkpoint; the new timeline begins here.
     *
     * @param walLevel as in {@link ParameterChange}; empty before 17
     */
    record EndOfRecovery(Instant time, TimelineId timeline, TimelineId previousTimeline, OptionalInt walLevel)
            implements WalEntry {}

    /**
     * {@code XLOG_OVERWRITE_CONTRECORD}: the record at {@code overwritten} lost its rest in a crash and does not count.
     *
     * @param time when the server that came up afterwards said so
     */
    record OverwrittenRecord(Lsn overwritten, Instant time) implements WalEntry {}

    /**
     * {@code XLOG_RUNNING_XACTS}: which transactions were in progress.
     *
     * @param nextXid the number the next transaction will get
     * @param oldestRunningXid the oldest of those in progress; {@code nextXid} if there are none
     * @param latestCompletedXid the newest that had ended
     * @param subxidsOverflowed whether {@code subxids} lacks some
     * @param xids those in progress, prepared ones included
     * @param subxids their subtransactions
     */
    record RunningTransactions(
            int nextXid,
            int oldestRunningXid,
            int latestCompletedXid,
            boolean subxidsOverflowed,
            List<Integer> xids,
            List<Integer> subxids)
            implements WalEntry {}

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
