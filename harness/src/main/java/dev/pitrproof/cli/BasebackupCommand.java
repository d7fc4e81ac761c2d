package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupCompression;
import dev.pitrproof.backup.BackupFormat;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.ChecksumAlgorithm;
import dev.pitrproof.backup.UnusableDirectoryException;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.drill.Explanation;
import dev.pitrproof.impact.MeasuredBackup;
import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code basebackup}: takes a base backup with the flags of pg_basebackup, and verifies it while it streams. */
@Command(
        name = "basebackup",
        description = "takes a base backup of a running PostgreSQL server, and verifies it while it streams",
        sortOptions = false,
        separator = "=")
public final class BasebackupCommand implements Callable<Integer> {

    private static final int FINE = 0;
    private static final int DAMAGED = 1;
    private static final int USAGE = 2;
    private static final int COULD_NOT = 3;

    @Option(
            names = {"-D", "--pgdata"},
            required = true,
            paramLabel = "DIRECTORY",
            description = "receive base backup into directory; - for standard output")
    private Path directory = Path.of("");

    @Option(
            names = {"-F", "--format"},
            defaultValue = "p",
            paramLabel = "p|t",
            description = "output format (plain (default), tar)")
    private String format = "p";

    @Option(
            names = {"-i", "--incremental"},
            paramLabel = "OLDMANIFEST",
            description = "take incremental backup (PostgreSQL 17 and newer)")
    private @Nullable Path incremental;

    @Option(
            names = {"-r", "--max-rate"},
            paramLabel = "RATE",
            description = "maximum transfer rate to transfer data directory (in kB/s, or use suffix \"k\" or \"M\")")
    private @Nullable String maxRate;

    @Option(
            names = {"-T", "--tablespace-mapping"},
            paramLabel = "OLDDIR=NEWDIR",
            description = "relocate tablespace in OLDDIR to NEWDIR")
    private List<String> tablespaceMappings = new ArrayList<>();

    @Option(names = "--waldir", paramLabel = "WALDIR", description = "location for the write-ahead log directory")
    private @Nullable Path walDirectory;

    @Option(
            names = {"-X", "--wal-method"},
            defaultValue = "stream",
            paramLabel = "none|fetch|stream",
            description = "include required WAL files with specified method")
    private String walMethod = "stream";

    @Option(
            names = {"-z", "--gzip"},
            description = "compress tar output")
    private boolean gzip;

    @Option(
            names = {"-Z", "--compress"},
            paramLabel = "[{client|server}-]METHOD[:DETAIL]",
            description = "compress on client or server as specified (gzip, lz4, zstd or none; DETAIL is a level, or"
                    + " level=N,workers=N,long)")
    private @Nullable String compress;

    @Option(
            names = {"-c", "--checkpoint"},
            defaultValue = "spread",
            paramLabel = "fast|spread",
            description = "set fast or spread (default) checkpointing")
    private String checkpoint = "spread";

    @Option(
            names = {"-C", "--create-slot"},
            description = "create replication slot")
    private boolean createSlot;

    @Option(
            names = {"-S", "--slot"},
            paramLabel = "SLOTNAME",
            description = "replication slot to use")
    private @Nullable String slot;

    @Option(names = "--no-slot", description = "prevent creation of temporary replication slot")
    private boolean noSlot;

    @Option(
            names = {"-l", "--label"},
            defaultValue = "pitrproof base backup",
            paramLabel = "LABEL",
            description = "set backup label")
    private String label = "";

    @Option(
            names = {"-n", "--no-clean"},
            description = "do not clean up after errors")
    private boolean noClean;

    @Option(
            names = {"-N", "--no-sync"},
            description = "do not wait for changes to be written safely to disk")
    private boolean noSync;

    @Option(
            names = {"-P", "--progress"},
            description = "show progress information")
    private boolean progress;

    @Option(
            names = {"-v", "--verbose"},
            description = "output verbose messages")
    private boolean verbose;

    @Option(
            names = "--manifest-checksums",
            defaultValue = "CRC32C",
            paramLabel = "SHA{224,256,384,512}|CRC32C|NONE",
            description = "use algorithm for manifest checksums")
    private String manifestChecksums = "CRC32C";

    @Option(names = "--manifest-force-encode", description = "hex encode all file names in manifest")
    private boolean manifestForceEncode;

    @Option(names = "--no-manifest", description = "suppress generation of backup manifest")
    private boolean noManifest;

    @Option(
            names = "--json",
            description =
                    "print a line of JSON on standard output in the end: the backup, and what taking it did to the"
                            + " server (asked over a second connection, for SQL, of the same user)")
    private boolean json;

    @Option(names = "--no-verify-checksums", description = "do not verify checksums")
    private boolean noVerifyChecksums;

    @Option(
            names = "--explain",
            description = "tell each step with the command of PostgreSQL's own, and why it is needed")
    private boolean explain;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        ConnectionSettings settings;
        BackupRequest request;
        try {
            settings = connection.settings();
            request = request();
            if (explain && directory.equals(BackupRequest.STDOUT)) {
                throw new IllegalArgumentException(
                        "--explain prints to standard output, where the backup goes: expected a directory");
            }
        } catch (IllegalArgumentException e) {
            return fail(err, USAGE, String.valueOf(e.getMessage()));
        }
        if (explain) {
            explain(spec.commandLine().getOut());
        }
        try {
            return report(take(settings, request, err));
        } catch (UnusableDirectoryException e) {
            return fail(err, USAGE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return fail(err, COULD_NOT, message(e));
        }
    }

    private void explain(PrintWriter out) {
        List<Explanation> steps = StockBasebackup.of(
                spec.commandLine().getParseResult(),
                directory.toString(),
                label,
                BasebackupWords.format(format) == BackupFormat.PLAIN,
                !noManifest,
                BasebackupWords.isFastCheckpoint(checkpoint));
        if (json) {
            for (int number = 1; number <= steps.size(); number++) {
                out.println(StepJson.of(number, steps.get(number - 1)));
            }
            out.flush();
            return;
        }
        ExplanationLines lines = new ExplanationLines(out);
        steps.forEach(lines::print);
    }

    private TakenBackup take(ConnectionSettings settings, BackupRequest request, PrintWriter err) throws IOException {
        try (BackupProgressPrinter printer =
                new BackupProgressPrinter(err, progress, verbose, Terminal.errIsTerminal())) {
            return connection.connected(settings, reached -> taken(reached, request, printer));
        }
    }

    /** The source is measured only if somebody will hear of it: that takes a connection. */
    private TakenBackup taken(ConnectionSettings settings, BackupRequest request, BackupProgressPrinter printer)
            throws IOException {
        if (verbose || json) {
            MeasuredBackup measured = MeasuredBackup.take(settings, request, printer);
            return new TakenBackup(measured.backup(), measured.impact());
        }
        return new TakenBackup(BaseBackupTaker.take(settings, request, printer), null);
    }

    private int report(TakenBackup taken) {
        taken.tell(spec.commandLine().getErr(), verbose);
        if (json) {
            taken.tellAsJson(spec.commandLine().getOut());
        }
        return taken.backup().isSound() ? FINE : DAMAGED;
    }

    private static int fail(PrintWriter err, int exitCode, String message) {
        err.println("pitrproof: error: " + message);
        err.flush();
        return exitCode;
    }

    private static String message(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return "could not write \"" + denied.getFile() + "\": permission denied";
        }
        if (e instanceof FileSystemException file) {
            return "could not write \"" + file.getFile() + "\": "
                    + (file.getReason() == null ? file.getClass().getSimpleName() : file.getReason());
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private BackupRequest request() {
        BackupFormat chosen = BasebackupWords.format(format);
        WalMethod wal = BasebackupWords.walMethod(walMethod);
        BackupCompression compression = parseCompression(chosen);
        requireConsistentSlot(wal);
        if (noManifest && (manifestForceEncode || !manifestChecksums.equals("CRC32C"))) {
            throw new IllegalArgumentException(
                    "--no-manifest contradicts --manifest-force-encode and --manifest-checksums");
        }
        requireFormatThatSuits(chosen, wal, compression);
        return BackupRequest.into(directory, label)
                .format(chosen)
                .compression(compression)
                .fastCheckpoint(BasebackupWords.isFastCheckpoint(checkpoint))
                .wal(wal)
                .manifestChecksums(ChecksumAlgorithm.parse(manifestChecksums))
                .sync(!noSync)
                .tablespaceMappings(BasebackupWords.mappings(tablespaceMappings))
                .maxRateKilobytes(BasebackupWords.rate(maxRate))
                .verifyPageChecksums(!noVerifyChecksums)
                .manifest(noManifest ? "no" : manifestForceEncode ? "force-encode" : "yes")
                .clean(!noClean)
                .slot(slot, createSlot)
                .temporarySlot(!noSlot)
                .walDirectory(walDirectory)
                .incrementalTo(incremental)
                .build();
    }

    private BackupCompression parseCompression(BackupFormat chosen) {
        if (gzip && compress != null) {
            throw new IllegalArgumentException("--gzip contradicts --compress");
        }
        String words = compress;
        BackupCompression parsed = gzip
                ? BackupCompression.parse("gzip")
                : words == null ? BackupCompression.NONE : BackupCompression.parse(words);
        boolean here = parsed.side() == BackupCompression.Side.CLIENT && !parsed.equals(BackupCompression.NONE);
        if (here && chosen == BackupFormat.PLAIN) {
            throw new IllegalArgumentException("only tar mode backups can be compressed"
                    + "\nHINT: use --format=tar, or --compress=server-… to save bytes on the way");
        }
        return parsed;
    }

    private void requireFormatThatSuits(BackupFormat chosen, WalMethod wal, BackupCompression compression) {
        boolean toStdout = directory.equals(BackupRequest.STDOUT);
        if (toStdout && chosen == BackupFormat.PLAIN) {
            throw new IllegalArgumentException(
                    "only tar mode backups can go to standard output\nHINT: use --format=tar");
        }
        if (toStdout && wal == WalMethod.STREAM) {
            throw new IllegalArgumentException("cannot stream write-ahead logs in tar mode to stdout"
                    + "\nHINT: use --wal-method=fetch, or none if there is an archive");
        }
        if (toStdout && compression.side() == BackupCompression.Side.SERVER && !noManifest) {
            throw new IllegalArgumentException("the manifest cannot be added to what the server has compressed"
                    + "\nHINT: use --compress=client-…, or --no-manifest, or name a directory");
        }
        if (toStdout && json) {
            throw new IllegalArgumentException("--json contradicts a backup that goes to standard output");
        }
        if (chosen == BackupFormat.TAR && walDirectory != null) {
            throw new IllegalArgumentException("WAL directory location can only be specified in plain mode");
        }
        if (chosen == BackupFormat.TAR && !tablespaceMappings.isEmpty()) {
            throw new IllegalArgumentException("tablespaces can only be relocated in plain mode"
                    + "\nHINT: in tar mode each gets a file of its own, OID.tar, beside base.tar");
        }
        if (incremental != null && !Files.isReadable(incremental)) {
            throw new IllegalArgumentException("manifest \"" + incremental + "\" cannot be read"
                    + "\nHINT: --incremental takes the backup_manifest of an earlier backup");
        }
    }

    private void requireConsistentSlot(WalMethod wal) {
        if (slot != null && wal != WalMethod.STREAM) {
            throw new IllegalArgumentException("--slot is of use only with --wal-method=stream");
        }
        if (createSlot && slot == null) {
            throw new IllegalArgumentException("--create-slot needs a slot to be specified using --slot");
        }
        if (noSlot && slot != null) {
            throw new IllegalArgumentException("--no-slot contradicts --slot");
        }
    }
}
