package dev.pitrproof.drill;

import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.util.Locale;

/** A WAL record's kind in a word or two. */
final class RecordKind {

    // rmgrlist.h; the same from 13 to 18
    private static final String[] MANAGERS = {
        "XLOG", "Transaction", "Storage", "CLOG", "Database", "Tablespace", "MultiXact", "RelMap", "Standby", "Heap2",
        "Heap", "Btree", "Hash", "Gin", "Gist", "Sequence", "SPGist", "BRIN", "CommitTs", "ReplicationOrigin",
        "Generic", "LogicalMessage"
    };

    private RecordKind() {}

    static String of(WalRecord record) {
        WalEntry entry = record.entry();
        if (entry instanceof WalEntry.TransactionEnd end) {
            return end.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
        if (entry instanceof WalEntry.Prepare) {
            return "prepare";
        }
        if (entry instanceof WalEntry.RestorePoint point) {
            return "restore point \"" + point.name() + "\"";
        }
        if (entry instanceof WalEntry.Checkpoint checkpoint) {
            return checkpoint.shutdown() ? "shutdown checkpoint" : "checkpoint";
        }
        if (entry instanceof WalEntry.BackupEnd) {
            return "end of backup";
        }
        if (entry instanceof WalEntry.SegmentSwitch) {
            return "segment switch";
        }
        if (entry instanceof WalEntry.ParameterChange) {
            return "parameter change";
        }
        if (entry instanceof WalEntry.EndOfRecovery) {
            return "end of recovery";
        }
        return record.rmid() < MANAGERS.length ? MANAGERS[record.rmid()] + " record" : "record of an extension";
    }
}
