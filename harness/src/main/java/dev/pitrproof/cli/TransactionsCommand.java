package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.CatalogQuery;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.wal.RelationNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
        description = "List every transaction end in the WAL: LSN, xid, time, and what it dropped or truncated.",
        sortOptions = false,
        footer = {
            "",
            "The WAL holds no names. They come from a base backup (--backup), from a running cluster"
                    + " (-h, -p, -U, -d: relations it has lost are unknown there), or from a file (--names), taken by",
            "  " + NameOptions.HOW_TO_TAKE_NAMES,
            "A relation without a name shows as \"relation 16384/16385\": its database's OID and its file's number."
        })
public final class TransactionsCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "ARCHIVE",
            converter = ArchivePlace.Converter.class,
            description = "WAL segments: an archive's directory or s3://BUCKET/PREFIX, or a server's pg_wal.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ArchivePlace place;

    @Mixin
    private S3Options s3 = new S3Options();

    @Option(
            names = "--from",
            paramLabel = "TIME or LSN",
            converter = Position.Converter.class,
            description = "only what ended at this time (with its zone) or position, or later")
    private @Nullable Position from;

    @Option(
            names = "--to",
            paramLabel = "TIME or LSN",
            converter = Position.Converter.class,
            description = "only what ended before this time or position")
    private @Nullable Position to;

    @Option(names = "--timeline", paramLabel = "NUMBER", description = "only what ended on this timeline")
    private @Nullable Integer timeline;

    @Mixin
    private NameOptions names = new NameOptions();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

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
        try (WalArchive archive = WalArchive.open(s3.store(place))) {
            RelationNames known = known(err);
            return list(archive, known, err);
        } catch (ArchiveException e) {
            return ArchiveTrouble.report(e, err);
        } catch (NamesUnreadable e) {
            err.println("error: " + e.getMessage());
            err.println("HINT: leave it out to list the transactions without names");
            return e.code.number();
        } catch (IOException e) {
            return ArchiveTrouble.report(place, e, err);
        } finally {
            err.flush();
        }
    }

    private static final class NamesUnreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final ExitCode code;

        NamesUnreadable(String message, ExitCode code, Exception cause) {
            super(message, cause);
            this.code = code;
        }
    }

    private RelationNames known(PrintWriter err) throws NamesUnreadable {
        RelationNames found;
        try {
            found = names.read(note -> err.println("note: " + note));
        } catch (IOException e) {
            throw new NamesUnreadable("no names: " + e.getMessage(), ExitCode.USAGE, e);
        }
        if (!connection.areGiven()) {
            return found;
        }
        ConnectionSettings settings;
        try {
            settings = connection.settings();
        } catch (IllegalArgumentException e) {
            throw new NamesUnreadable(String.valueOf(e.getMessage()), ExitCode.USAGE, e);
        }
        try (Connection sql = settings.openSql()) {
            return found.orElse(CatalogQuery.ask(sql));
        } catch (SQLException e) {
            throw new NamesUnreadable("no names from " + settings + ": " + e.getMessage(), ExitCode.UNPROVEN, e);
        }
    }

    private int list(WalArchive archive, RelationNames known, PrintWriter err) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        TransactionLines lines = json ? new TransactionLines.Json(out) : new TransactionLines.Columns(out);
        return TransactionListing.print(archive, lines, new TransactionListing.Range(from, to, timeline), known, err);
    }
}
