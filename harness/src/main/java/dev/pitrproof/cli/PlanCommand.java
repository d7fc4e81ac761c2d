package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.chain.BackupChain;
import dev.pitrproof.backup.chain.BrokenChainException;
import dev.pitrproof.drill.Progress;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.RestoreChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code plan}: which backup, which WAL, which stop record; nothing is touched.
 *
 * <p>Exit codes: 0 reachable; 1 not; 2 usage, or timelines that only a person can choose from; 3 it could not be read.
 */
@Command(
        name = "plan",
        description = "Say which backup, which WAL and which stop record lead to a target; touch nothing.",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "--backup can be given more than once, and can name a directory of backups: the one that needs the least WAL"
                    + " is chosen.",
            "",
            "Exit codes: 0 reachable, 1 not reachable, 2 usage or a question, 3 it could not be read."
        })
public final class PlanCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--backup",
            paramLabel = "DIR",
            required = true,
            description = "a base backup in plain format, or a directory of them")
    private List<Path> directories = new ArrayList<>();

    @Option(
            names = "--incremental",
            paramLabel = "DIR",
            description =
                    "a backup that is incremental to --backup, or to the --incremental before it; give all of them,"
                            + " oldest first")
    private List<Path> incrementals = new ArrayList<>();

    @Option(
            names = "--archive",
            paramLabel = ArchivePlace.LABEL,
            required = true,
            converter = ArchivePlace.Converter.class,
            description = "the WAL archive")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ArchivePlace archivePlace;

    @Mixin
    private S3Options s3 = new S3Options();

    @Mixin
    private TargetOptions target = new TargetOptions();

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        RecoveryTarget wanted = target.target();
        String inWords = target.inWords(wanted);
        List<BaseBackup> backups = new ArrayList<>();
        try {
            for (Path directory : directories) {
                backups.addAll(opened(backupsIn(directory), err));
            }
            if (!incrementals.isEmpty()) {
                backups = List.of(newestOfChain(backups));
            }
        } catch (BrokenChainException e) {
            err.println("error: " + e.getMessage());
            err.println("HINT: " + e.hint());
            return ExitCode.USAGE.number();
        } catch (IOException e) {
            err.println("error: " + e.getMessage());
            err.println("HINT: name a base backup in plain format, as basebackup and pg_basebackup -Fp make them");
            return ExitCode.UNPROVEN.number();
        }
        try (WalDirectory fetched = new WalDirectory();
                WalArchive archive = s3.openNear(archivePlace, fetched)) {
            RestoreChoice.Result result = choose(new RestoreChoice(backups, archive, wanted, inWords), err);
            if (json) {
                out.println(PlanJson.of(result));
            } else {
                PlanLines.of(result, wanted, inWords).forEach(out::println);
            }
            out.flush();
            return exitCode(result).number();
        } catch (ArchiveException e) {
            return ArchiveTrouble.report(e, err);
        } catch (IOException e) {
            return ArchiveTrouble.report(archivePlace, e, err);
        }
    }

    private RestoreChoice.Result choose(RestoreChoice choice, PrintWriter err) throws IOException {
        try (ProgressLine progress = ProgressLine.start(err)) {
            progress.show(Progress.of("reading the WAL"));
            return choice.choose(target.timeline());
        }
    }

    /** A recovery begins where the newest backup of a chain does. */
    private BaseBackup newestOfChain(List<BaseBackup> full) throws IOException {
        if (full.size() != 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "found " + full.size() + " backups and --incremental, expected one --backup that they add to");
        }
        List<Path> chain = new ArrayList<>(List.of(full.get(0).directory()));
        chain.addAll(incrementals);
        return BackupChain.of(chain).newest();
    }

    /** An incremental backup by itself can restore nothing: among others it is left out. */
    private static List<BaseBackup> opened(List<Path> found, PrintWriter err) throws IOException {
        List<BaseBackup> backups = new ArrayList<>();
        for (Path directory : found) {
            BaseBackup backup = BaseBackup.open(directory);
            if (backup.label().isIncremental() && found.size() == 1) {
                BackupChain.of(found);
            }
            if (backup.label().isIncremental()) {
                err.println("warning: " + directory + " is incremental and is left out");
                err.println("HINT: name its full backup with --backup, and it with --incremental");
            } else {
                backups.add(backup);
            }
        }
        return backups;
    }

    private static ExitCode exitCode(RestoreChoice.Result result) {
        if (result instanceof RestoreChoice.Result.Chosen) {
            return ExitCode.FINE;
        }
        return result instanceof RestoreChoice.Result.Ambiguous ? ExitCode.USAGE : ExitCode.REFUTED;
    }

    private List<Path> backupsIn(Path directory) throws IOException {
        if (isBackup(directory)) {
            return List.of(directory);
        }
        if (!Files.isDirectory(directory)) {
            throw new ParameterException(spec.commandLine(), "--backup=" + directory + ": found no such directory");
        }
        try (Stream<Path> inside = Files.list(directory)) {
            List<Path> found = inside.filter(PlanCommand::isBackup).sorted().toList();
            if (found.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--backup=" + directory + ": found no base backup, expected a directory with a "
                                + BackupLabel.FILE_NAME + ", or one of such directories");
            }
            return found;
        }
    }

    private static boolean isBackup(Path directory) {
        return Files.isRegularFile(directory.resolve(BackupLabel.FILE_NAME));
    }
}
