package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupFindings;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BackupVerification;
import dev.pitrproof.backup.DamagedBackupException;
import dev.pitrproof.backup.Mismatch;
import dev.pitrproof.backup.TarBackup;
import dev.pitrproof.backup.VerificationProgress;
import dev.pitrproof.backup.VerificationSettings;
import dev.pitrproof.drill.Progress;
import dev.pitrproof.restore.BackupWal;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verifybackup DIR}: compares a backup with its manifest, with the flags of pg_verifybackup. */
@Command(
        name = "verifybackup",
        description = {
            "Compare a backup, plain or tar, with its backup_manifest, and read the WAL it needs. It is only read.",
            "",
            "Notes are about what is no damage but may surprise whoever restores the backup."
        },
        sortOptions = false,
        footerHeading = "%nJSON Lines (keys are only added, never renamed):%n",
        footer = {
            "  {\"event\":\"finding\"}       kind (missing, extra, size, checksum, not-a-file, manifest,",
            "                            system-identifier, control-file, directory, wal, tar, tainted), path, expected,",
            "                            found, message",
            "  {\"event\":\"unreadable\"}    message",
            "  {\"event\":\"note\"}          message",
            "  {\"event\":\"verifybackup\"}  verdict (fine, damaged, unchecked), format (plain, tar), files, bytes,",
            "                            filesBySizeOnly, seconds, damage, unreadable, notes, wal (read, absent, skipped)"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the backup is what its manifest says",
            "1:something is missing or damaged",
            "2:usage, or there is no manifest",
            "3:something could not be read"
        })
public final class VerifybackupCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "BACKUPDIR",
            description = "A data directory, or a directory with base.tar, plain or .gz, .lz4, .zst.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Option(
            names = {"-e", "--exit-on-error"},
            description = "exit immediately on error")
    private boolean exitOnError;

    @Option(
            names = {"-F", "--format"},
            paramLabel = "p|t",
            description = "backup format (plain, tar); without it, what is there decides")
    private @Nullable String format;

    @Option(
            names = {"-i", "--ignore"},
            paramLabel = "RELATIVE_PATH",
            description = "ignore indicated path")
    private List<String> ignored = new ArrayList<>();

    @Option(
            names = {"-m", "--manifest-path"},
            paramLabel = "PATH",
            description = "use specified path for manifest")
    private @Nullable Path manifest;

    @Option(
            names = {"-n", "--no-parse-wal"},
            description = "do not try to parse WAL files")
    private boolean noParseWal;

    @Option(
            names = {"-P", "--progress"},
            description = "show progress information")
    private boolean progress;

    @Option(
            names = {"-q", "--quiet"},
            description = "do not print any output, except for errors")
    private boolean quiet;

    @Option(
            names = {"-s", "--skip-checksums"},
            description = "skip checksum verification")
    private boolean skipChecksums;

    @Option(
            names = {"-w", "--wal-directory"},
            paramLabel = "PATH",
            description = "use specified path for WAL files")
    private @Nullable Path walDirectory;

    @Option(names = "--json", description = "print JSON Lines")
    private boolean json;

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    /** What the command line asks for makes no sense; message and hint are fit for a user. */
    private static final class Usage extends Exception {
        private static final long serialVersionUID = 1;
        private final String hint;

        Usage(String message, String hint) {
            super(message);
            this.hint = hint;
        }
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            return verify(isTar(), err).number();
        } catch (Usage e) {
            err.println("pitrproof: error: " + e.getMessage());
            err.println("HINT: " + e.hint);
            return ExitCode.USAGE.number();
        } catch (IOException e) {
            err.println("pitrproof: error: " + message(e));
            err.println("HINT: the files must be readable by the user who runs this command");
            return ExitCode.UNPROVEN.number();
        } finally {
            err.flush();
        }
    }

    private boolean isTar() throws Usage, IOException {
        if (!Files.isDirectory(directory)) {
            throw new Usage(
                    "\"" + directory + "\" is not a directory", "name the directory that a base backup was taken into");
        }
        for (Path each : walDirectory == null ? List.<Path>of() : List.of(walDirectory)) {
            if (!Files.isDirectory(each)) {
                throw new Usage("\"" + each + "\" is not a directory", "--wal-directory names one of WAL segments");
            }
        }
        if (progress && quiet) {
            throw new Usage("--progress contradicts --quiet", "leave one of them out");
        }
        if (format == null) {
            return TarBackup.isTar(directory);
        }
        return switch (format) {
            case "p", "plain" -> false;
            case "t", "tar" -> true;
            default -> throw new Usage("backup format is \"" + format + "\": expected plain or tar", "leave it out");
        };
    }

    private ExitCode verify(boolean tar, PrintWriter err) throws Usage, IOException {
        long begin = System.nanoTime();
        VerificationSettings settings = new VerificationSettings(
                Runtime.getRuntime().availableProcessors(),
                manifest,
                !skipChecksums,
                exitOnError,
                ignored.stream().map(VerifybackupCommand::relative).toList());
        VerifybackupLines.Conclusion conclusion;
        try (BackupProgressPrinter printer =
                        new BackupProgressPrinter(err, "verification", progress, false, Terminal.errIsTerminal());
                ProgressLine line = ProgressLine.start(err);
                WalDirectory unpacked = new WalDirectory()) {
            BackupFindings findings = tar
                    ? verifyTar(settings, unpacked, shown(printer, line))
                    : BackupVerification.of(directory, settings).run(shown(printer, line));
            requireManifest(findings);
            conclusion = new VerifybackupLines.Conclusion(tar, findings, wal(findings, tar ? unpacked : null), begin);
        }
        PrintWriter out = spec.commandLine().getOut();
        VerifybackupLines lines = json ? new VerifybackupLines.Json(out) : new VerifybackupLines.Text(out, quiet);
        lines.print(conclusion);
        out.flush();
        return conclusion.exitCode();
    }

    private BackupFindings verifyTar(VerificationSettings settings, WalDirectory unpacked, VerificationProgress shown)
            throws IOException {
        boolean walWanted = !noParseWal && walDirectory == null;
        try {
            return TarBackup.open(directory).verify(settings, walWanted ? unpacked.create() : null, shown);
        } catch (DamagedBackupException e) {
            Mismatch found = new Mismatch(Mismatch.Kind.TAR, e.file(), "", String.valueOf(e.getMessage()));
            return new BackupFindings(BackupManifest.ABSENT, List.of(found), List.of(), List.of(), 0, 0, 0, null);
        }
    }

    /** As --progress asks for it, or else what everybody gets who waits for long. */
    private VerificationProgress shown(BackupProgressPrinter printer, ProgressLine line) {
        return new VerificationProgress() {
            private long expected;

            @Override
            public void expects(long files, long bytes) {
                expected = bytes;
                printer.expects(bytes);
            }

            @Override
            public void checked(long bytes) {
                if (progress) {
                    printer.received(bytes);
                } else if (!quiet) {
                    line.show(Progress.ofBytes("comparing with the manifest", bytes, expected));
                }
            }
        };
    }

    /** Without one there is nothing to say; a manifest or a tar file that is damaged is a finding. */
    private void requireManifest(BackupFindings findings) throws Usage {
        boolean damaged = findings.mismatches().stream()
                .anyMatch(
                        mismatch -> mismatch.kind() == Mismatch.Kind.MANIFEST || mismatch.kind() == Mismatch.Kind.TAR);
        if (!findings.hasManifest() && !damaged) {
            Path expected = manifest == null ? directory.resolve(BackupManifest.FILE_NAME) : manifest;
            throw new Usage(
                    "there is no manifest \"" + expected + "\"",
                    manifest == null
                            ? "name it by --manifest-path if it is elsewhere; a backup without one can only be proved by"
                                    + " a restore"
                            : "--manifest-path names the file backup_manifest of a backup");
        }
    }

    /** Null where it is not looked at. */
    private @Nullable BackupWal wal(BackupFindings findings, @Nullable WalDirectory unpacked) throws IOException {
        if (noParseWal || !findings.hasManifest() || (exitOnError && !findings.isSound())) {
            return null;
        }
        Path elsewhere = walDirectory;
        Path where = elsewhere != null ? elsewhere : unpacked != null ? unpacked.create() : directory.resolve("pg_wal");
        // the control file may be what is wrong
        Long named = findings.manifest().systemIdentifier();
        BackupWal wal = BackupWal.check(
                where, findings.manifest().walRanges(), named == null ? findings.systemIdentifier() : named);
        if (elsewhere == null || wal.notes().isEmpty()) {
            return wal;
        }
        BackupManifest.WalRange newest = findings.manifest().walRanges().get(0);
        return new BackupWal(
                List.of(new Mismatch(
                        Mismatch.Kind.WAL,
                        elsewhere.toString(),
                        "timeline " + newest.timeline(),
                        "directory \"" + elsewhere + "\" holds no WAL segments")),
                List.of());
    }

    private static String relative(String path) {
        return Path.of(path).normalize().toString();
    }

    private static String message(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return "could not read \"" + denied.getFile() + "\": permission denied";
        }
        if (e instanceof FileSystemException file) {
            return "could not read \"" + file.getFile() + "\": "
                    + (file.getReason() == null ? file.getClass().getSimpleName() : file.getReason());
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
