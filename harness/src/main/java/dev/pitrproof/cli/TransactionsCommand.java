package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveScan;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code transactions ARCHIVE}: every end of a transaction in the WAL, in WAL order, timeline by timeline.
 *
 * <p>Exit codes: 0 all could be read; 1 something is damaged or missing; 2 there is no archive; 3 it could not be read.
 */
@Command(
        name = "transactions",
        description = "List every transaction end in the WAL: LSN, xid, time, and what it dropped or truncated.")
public final class TransactionsCommand implements Callable<Integer> {

    private static final int FINE = 0;
    private static final int DAMAGE_FOUND = 1;
    private static final int USAGE = 2;
    private static final int COULD_NOT_DO = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "ARCHIVE",
            description = "A directory of WAL segments: a WAL archive, or a server's pg_wal.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Option(names = "--json", description = "Print JSON Lines: one object a transaction end.")
    private boolean json;

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            return list(archive, err);
        } catch (ArchiveException e) {
            err.println("error: " + e.getMessage());
            err.println("HINT: " + e.hint());
            return e.kind() == ArchiveException.Kind.DAMAGED ? DAMAGE_FOUND : USAGE;
        } catch (IOException e) {
            err.println("error: cannot read \"" + directory + "\": " + reason(e));
            err.println("HINT: the files must be readable by the user who runs this command");
            return COULD_NOT_DO;
        } finally {
            err.flush();
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
    }

    private int list(DirectoryArchive archive, PrintWriter err) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        TransactionLines lines = json ? new TransactionLines.Json(out) : new TransactionLines.Columns(out);
        Listing listing = new Listing(lines, err);
        try {
            ArchiveScan.scan(archive, listing);
        } finally {
            lines.flush();
        }
        return listing.problems == 0 ? FINE : DAMAGE_FOUND;
    }

    private static final class Listing implements ArchiveScan.Observer {

        private final TransactionLines lines;
        private final PrintWriter err;
        private int problems;

        Listing(TransactionLines lines, PrintWriter err) {
            this.lines = lines;
            this.err = err;
        }

        @Override
        public boolean record(WalRecord record) {
            return !(record.entry() instanceof WalEntry.TransactionEnd end) || lines.print(record, end);
        }

        @Override
        public void problem(String message) {
            lines.flush(); // what was found before the problem stands before it
            problems++;
            err.println("error: " + message);
            err.flush();
        }
    }
}
