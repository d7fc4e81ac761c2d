package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Commit;
import dev.pitrproof.archive.ArchiveAudit.Window;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the measure of a stretch of WAL while its records pass: the first, and those that end transactions. */
final class WindowMeasure {

    private @Nullable Lsn first;
    private @Nullable Instant firstTime;
    private @Nullable Instant lastTime;
    private @Nullable Commit lastCommit;

    boolean pass(WalRecord record) {
        if (first == null) {
            first = record.start();
        }
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

    /**
     * Empty if no record passed.
     *
     * @param through the end of the last one
     */
    Optional<Window> window(Lsn through, @Nullable Lsn parentThrough) {
        Lsn begin = first;
        if (begin == null) {
            return Optional.empty();
        }
        boolean continues = parentThrough != null && !begin.isAfter(parentThrough.plus(MARGIN));
        return Optional.of(new Window(
                begin,
                through,
                Optional.ofNullable(firstTime),
                Optional.ofNullable(lastTime),
                Optional.ofNullable(lastCommit),
                continues));
    }

    /** The next record may start behind a page header. */
    private static final int MARGIN = 40;
}
