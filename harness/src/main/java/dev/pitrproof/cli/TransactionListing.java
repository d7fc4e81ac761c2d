package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveScan;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.RelationChanges;
import dev.pitrproof.wal.RelationNames;
import dev.pitrproof.wal.Removal;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the transaction ends of an archive: what {@code transactions} does once it knows what is wanted. */
final class TransactionListing implements ArchiveScan.Observer {

    /** Which ends are wanted: null is no limit. */
    record Range(
            @Nullable Position from,
            @Nullable Position to,
            @Nullable Integer timeline) {

        static final Range ALL = new Range(null, null, null);

        boolean holds(WalRecord record, WalEntry.TransactionEnd end) {
            return (timeline == null || record.timeline().value() == timeline)
                    && (from == null || from.isReachedBy(record.start(), end.time()))
                    && (to == null || !to.isReachedBy(record.start(), end.time()));
        }
    }

    private final TransactionLines lines;
    private final Range range;
    private final RelationChanges changes;
    private final PrintWriter err;
    private int problems;

    private TransactionListing(TransactionLines lines, Range range, RelationChanges changes, PrintWriter err) {
        this.lines = lines;
        this.range = range;
        this.changes = changes;
        this.err = err;
    }

    /**
     * The command without options, {@code transactions ARCHIVE}, whose words need no library to be understood: to set one
     * up takes longer than to read 300 MB of WAL.
     *
     * @return the exit code
     */
    static int ofAll(Path directory, PrintWriter out, PrintWriter err) {
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            return print(archive, new TransactionLines.Columns(out), Range.ALL, RelationNames.NONE, err);
        } catch (ArchiveException e) {
            return ArchiveTrouble.report(e, err);
        } catch (IOException e) {
            return ArchiveTrouble.report(directory, e, err);
        } finally {
            err.flush();
        }
    }

    /**
     * Prints the wanted ends, and what is wrong with the archive.
     *
     * @return the exit code
     */
    static int print(WalArchive archive, TransactionLines lines, Range range, RelationNames names, PrintWriter err)
            throws IOException {
        TransactionListing listing =
                new TransactionListing(lines, range, new RelationChanges(names, archive.walMajor()), err);
        try {
            ArchiveScan.scan(archive, listing);
        } finally {
            lines.flush();
        }
        return (listing.problems == 0 ? ExitCode.FINE : ExitCode.REFUTED).number();
    }

    @Override
    public void begins(Lsn position) {
        changes.begin(position);
    }

    @Override
    public boolean record(WalRecord record) {
        List<Removal> removals = changes.accept(record);
        return !(record.entry() instanceof WalEntry.TransactionEnd end)
                || !range.holds(record, end)
                || lines.print(record, end, removals);
    }

    @Override
    public void problem(String message) {
        lines.flush(); // what was found before the problem stands before it
        problems++;
        err.println("error: " + message);
        err.flush();
    }
}
