package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Commit;
import dev.pitrproof.archive.ArchiveAudit.Window;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the measure of a stretch of WAL while its records pass. */
final class WindowMeasure {

    private @Nullable WalRecord first;
    private @Nullable WalRecord last;
    private @Nullable Instant firstTime;
    private @Nullable Instant lastTime;
    private @Nullable Commit lastCommit;

    boolean pass(WalRecord record) {
        if (first == null) {
            first = record;
        }
        last = record;
        if (record.entry() instanceof WalEntry.TransactionEnd end) {
            if (firstTime == null) {
                firstTime = end.time();
            }
            lastTime = end.time();
            if (end.kind().commits()) {
                lastCommit = new Commit(Integer.toUnsignedLong(end.xid()), end.time(), record.start());
            }
        }
        return true;
    }

    /** Empty if no record passed. */
    Optional<Window> window(@Nullable Lsn parentThrough) {
        WalRecord begin = first;
        WalRecord end = last;
        if (begin == null || end == null) {
            return Optional.empty();
        }
        boolean continues = parentThrough != null && !begin.start().isAfter(parentThrough.plus(MARGIN));
        return Optional.of(new Window(
                begin.start(),
                end.end(),
                Optional.ofNullable(firstTime),
                Optional.ofNullable(lastTime),
                Optional.ofNullable(lastCommit),
                continues));
    }

    /** The next record may start behind a page header. */
    private static final int MARGIN = 40;
}
