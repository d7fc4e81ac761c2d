package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.backup.ChecksumAlgorithm;
import dev.pitrproof.backup.UnusableDirectoryException;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.ReplicationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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

    /** Of pgjdbc: the connection cannot be made; among others because there is no password. */
    private static final String CONNECTION_REJECTED = "08004";

    @Option(
            names = {"-D", "--pgdata"},
            required = true,
            paramLabel = "DIRECTORY",
            description = "receive base backup into directory")
    private Path directory = Path.of("");

    @Option(
            names = {"-F", "--format"},
            defaultValue = "p",
            paramLabel = "p|t",
            description = "output format (plain (default), tar)")
    private String format = "p";

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

    @Option(names = "--no-verify-checksums", description = "do not verify checksums")
    private boolean noVerifyChecksums;

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
        } catch (IllegalArgumentException e) {
            return fail(err, USAGE, String.valueOf(e.getMessage()));
        }
        try {
            return report(err, take(settings, request, err));
        } catch (UnusableDirectoryException e) {
            return fail(err, USAGE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return fail(err, COULD_NOT, message(e));
        }
    }

    private BaseBackup take(ConnectionSettings settings, BackupRequest request, PrintWriter err) throws IOException {
        try (BackupProgressPrinter printer =
                new BackupProgressPrinter(err, progress, verbose, Terminal.errIsTerminal())) {
            try {
                return BaseBackupTaker.take(settings, request, printer);
            } catch (ReplicationException e) {
                Optional<String> password = settings.password() == null && CONNECTION_REJECTED.equals(e.sqlState())
                        ? connection.promptAfterRefusal()
                        : Optional.empty();
                if (password.isEmpty()) {
                    throw e;
                }
                return BaseBackupTaker.take(settings.withPassword(password.get()), request, printer);
            }
        }
    }

    private int report(PrintWriter err, BaseBackup backup) {
        for (String line : backup.damage()) {
            err.println("pitrproof: error: " + line);
        }
        if (!backup.isSound()) {
            err.println("pitrproof: error: the backup in \"" + backup.directory() + "\" is complete but damaged");
            err.println("HINT: it was kept for inspection; do not rely on it");
            err.flush();
            return DAMAGED;
        }
        if (verbose) {
            err.printf(
                    Locale.ROOT,
                    "pitrproof: base backup of %d bytes completed in %.1f s: WAL from %s to %s%n",
                    backup.bytes(),
                    backup.took().toMillis() / 1000.0,
                    backup.startLsn(),
                    backup.stopLsn());
            err.flush();
        }
        return FINE;
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
        switch (format) {
            case "p", "plain" -> {}
            case "t", "tar" ->
                throw new IllegalArgumentException("output format is \"" + format + "\": only plain is supported yet");
            default -> throw new IllegalArgumentException("output format is \"" + format + "\": expected plain or tar");
        }
        WalMethod wal =
                switch (walMethod) {
                    case "n", "none" -> WalMethod.NONE;
                    case "f", "fetch" -> WalMethod.FETCH;
                    case "s", "stream" -> WalMethod.STREAM;
                    default ->
                        throw new IllegalArgumentException(
                                "wal-method is \"" + walMethod + "\": expected none, fetch or stream");
                };
        requireConsistentSlot(wal);
        if (noManifest && (manifestForceEncode || !manifestChecksums.equals("CRC32C"))) {
            throw new IllegalArgumentException(
                    "--no-manifest contradicts --manifest-force-encode and --manifest-checksums");
        }
        return new BackupRequest(
                directory,
                label,
                isFastCheckpoint(),
                wal,
                ChecksumAlgorithm.parse(manifestChecksums).name(),
                !noSync,
                parseMappings(),
                parseRate(),
                !noVerifyChecksums,
                noManifest ? "no" : manifestForceEncode ? "force-encode" : "yes",
                !noClean,
                slot,
                createSlot,
                !noSlot,
                walDirectory);
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

    private boolean isFastCheckpoint() {
        return switch (checkpoint) {
            case "fast" -> true;
            case "spread" -> false;
            default ->
                throw new IllegalArgumentException("checkpoint is \"" + checkpoint + "\": expected fast or spread");
        };
    }

    private Map<Path, Path> parseMappings() {
        Map<Path, Path> mappings = new HashMap<>();
        for (String mapping : tablespaceMappings) {
            int equals = mapping.indexOf('=');
            Path from = Path.of(equals < 0 ? "" : mapping.substring(0, equals));
            Path to = Path.of(mapping.substring(equals + 1));
            if (!from.isAbsolute() || !to.isAbsolute()) {
                throw new IllegalArgumentException(
                        "tablespace mapping is \"" + mapping + "\": expected OLDDIR=NEWDIR with two absolute paths");
            }
            mappings.put(from, to);
        }
        return mappings;
    }

    private OptionalInt parseRate() {
        String rate = maxRate;
        if (rate == null) {
            return OptionalInt.empty();
        }
        boolean megabytes = rate.endsWith("M");
        String digits = megabytes || rate.endsWith("k") ? rate.substring(0, rate.length() - 1) : rate;
        try {
            double kilobytes = Double.parseDouble(digits) * (megabytes ? 1024 : 1);
            if (kilobytes >= 32 && kilobytes <= 1048576) {
                return OptionalInt.of((int) kilobytes);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("transfer rate is \"" + rate + "\": expected 32k to 1024M");
    }
}
