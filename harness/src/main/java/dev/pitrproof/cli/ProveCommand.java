package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.backup.DamagedBackupException;
import dev.pitrproof.drill.BackupProof;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.reports.Reports;
import dev.pitrproof.restore.RestoreCommand;
import dev.pitrproof.scenario.ClaimsFile;
import dev.pitrproof.scenario.InvalidScenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code prove}: an existing backup, restored and judged.
 *
 * <p>Exit codes: 0 proven; 1 refuted; 2 usage, or timelines that only a person can choose from; 3 it could not be checked.
 */
@Command(
        name = "prove",
        description =
                "Prove that an existing base backup and its WAL archive lead to a target, or that a restored copy is there.",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Backup, data directory and archive are only read. Whatever --claims says, it is proved that recovery stops exactly at the"
                    + " target, that the backup is what its manifest says, that every row of every database can be read,"
                    + " and that amcheck finds heaps and indexes in order, as far as it knows them.",
            "",
            "Exit codes: 0 proven, 1 refuted, 2 usage or a question, 3 it could not be checked."
        })
public final class ProveCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofHours(12);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--backup",
            paramLabel = "DIR",
            description = "a base backup, as basebackup and pg_basebackup make it")
    private @Nullable Path backup;

    @Option(
            names = "--incremental",
            paramLabel = "DIR",
            description =
                    "a backup that is incremental to --backup, or to the --incremental before it; give all of them,"
                            + " oldest first (PostgreSQL 17 and newer)")
    private List<Path> incrementals = new ArrayList<>();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "instead of --backup: a data directory that any tool restored, with its server stopped; it is"
                    + " compared with the archive, on a copy")
    private @Nullable Path data;

    @Option(
            names = "--archive",
            paramLabel = ArchivePlace.LABEL,
            converter = ArchivePlace.Converter.class,
            description = "the WAL archive")
    private @Nullable ArchivePlace archive;

    @Mixin
    private S3Options s3 = new S3Options();

    @Option(
            names = "--restore-command",
            paramLabel = "COMMAND",
            description = "instead of --archive: fetches a WAL file, run by this machine's shell with %%f and %%p as in"
                    + " PostgreSQL's restore_command")
    private @Nullable String restoreCommand;

    @Mixin
    private TargetOptions target = new TargetOptions();

    @Option(
            names = {"-U", "--username"},
            paramLabel = "NAME",
            description = "a superuser of the restored cluster (default: ${DEFAULT-VALUE})",
            defaultValue = "postgres")
    private String superuser = "postgres";

    @Option(
            names = "--claims",
            paramLabel = "FILE",
            description = "what is to be true besides, a YAML file with database: and prove:, as in scenarios")
    private @Nullable Path claimsFile;

    @Option(
            names = "--no-structure",
            description = "do not read every row, and ask no amcheck: for clusters of which that takes too long")
    private boolean noStructure;

    @Option(
            names = "--sweep",
            paramLabel = "CHOICE",
            description =
                    "prove other states as well, from the backup to the target, in one replay: every-commit, or a number"
                            + " of targets, the edges among them; what --claims says of tables and queries must hold at each")
    private @Nullable String sweep;

    @Option(
            names = "--sabotage",
            description =
                    "if it is proven, repeat the proof on copies with one thing broken at a time: each has to be caught")
    private boolean sabotage;

    @Mixin
    private SandboxOptions sandbox = new SandboxOptions();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "where evidence and reports go (default: ${DEFAULT-VALUE})",
            defaultValue = "target/pitrproof")
    private Path output = Path.of("target/pitrproof");

    @Option(
            names = "--explain",
            description =
                    "tell each step with the commands of PostgreSQL's own that it stands for, and why it is needed")
    private boolean explain;

    @Option(names = "--json", description = "print JSON Lines")
    private boolean json;

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path directory = directory();
        RecoveryTarget wanted = target.target();
        BackupProof.Wal wal = wal();
        Optional<SweepChoice> choice = sweepChoice();
        int major;
        ClaimsFile claims;
        try {
            if (isServed(err)) {
                return ExitCode.USAGE.number();
            }
            claims = claimsFile == null ? ClaimsFile.NONE : ClaimsFile.read(claimsFile);
            claims = noStructure ? claims : claims.withStructure();
            major = major(directory, wal);
            for (Path incremental : incrementals) {
                place("--incremental=", incremental).requireBackup();
            }
        } catch (InvalidScenario e) {
            e.problems().forEach(err::println);
            return ExitCode.USAGE.number();
        } catch (ArchiveException e) {
            return ArchiveTrouble.report(e, err);
        } catch (DamagedBackupException e) {
            throw usage(option() + directory + ": " + e.getMessage());
        } catch (AccessDeniedException e) {
            err.println("error: cannot read " + e.getFile() + ": permission denied");
            err.println("HINT: run as a user who may read backup and archive: their owner, or root");
            return ExitCode.UNPROVEN.number();
        }
        if (!OutputDirectory.make(output, err)) {
            return ExitCode.UNPROVEN.number();
        }
        LogFile.use(output.resolve("pitrproof.log"));
        BackupProof.Request request = new BackupProof.Request(
                name(directory),
                directory,
                data != null,
                wal,
                wanted,
                target.inWords(wanted),
                target.timeline(),
                superuser,
                claims,
                choice,
                sabotage,
                incrementals);
        try (ProgressLine progress = ProgressLine.start(err)) {
            DrillPrinter printer =
                    json ? new JsonPrinter(out, progress, explain) : new TextPrinter(out, err, progress, explain);
            return prove(request, major, printer, err);
        }
    }

    private int prove(BackupProof.Request request, int major, DrillPrinter printer, PrintWriter err)
            throws IOException {
        DrillOptions options = new DrillOptions(major, output, 0, "pitrproof prove", PATIENCE);
        BackupProof.Outcome outcome = new BackupProof(request, sandbox.opener(printer), options, printer).run();
        if (outcome instanceof BackupProof.Outcome.Judged judged) {
            Evidence evidence = judged.evidence();
            Reports.write(output, List.of(new EvidenceOnDisk(evidence, evidence.drill())));
            printer.finished(List.of(evidence), output.resolve("index.html"));
            return ExitCode.of(List.of(evidence)).number();
        }
        if (outcome instanceof BackupProof.Outcome.Ambiguous ambiguous) {
            PlanLines.of(ambiguous.choice(), request.target(), request.targetInWords())
                    .forEach(err::println);
        }
        return ExitCode.USAGE.number();
    }

    private Path directory() {
        if (backup != null && data == null) {
            return backup;
        }
        if (data == null || backup != null) {
            throw usage(
                    data == null
                            ? "nothing is named that could be proved: expected --backup=DIR or --data=DIR"
                            : "found --backup and --data, expected one of them");
        }
        if (!incrementals.isEmpty()) {
            throw usage(
                    "found --incremental with --data, expected it with --backup: a copy that was restored is whole");
        }
        if (sabotage) {
            throw usage("found --sabotage with --data, expected it with --backup: only what can be restored can be"
                    + " broken before");
        }
        if (sweep != null) {
            throw usage(
                    "found --sweep with --data, expected it with --backup: a copy that was restored shows one state");
        }
        return data;
    }

    /** Whether a server runs on the data directory, which is then said. */
    private boolean isServed(PrintWriter err) throws IOException {
        Optional<Long> server = data == null ? Optional.empty() : BackupProof.server(data);
        if (server.isEmpty()) {
            return false;
        }
        err.println(
                "error: --data=" + data + ": a server runs on it (process " + server.get() + "), expected it stopped");
        err.println("HINT: stop it (pg_ctl stop -D DIR), or name a copy; if no server uses the directory, remove its"
                + " postmaster.pid");
        return true;
    }

    private String option() {
        return data == null ? "--backup=" : "--data=";
    }

    private BackupProof.Wal wal() {
        if ((archive == null) == (restoreCommand == null)) {
            throw usage(
                    archive == null
                            ? "no WAL is named: expected --archive=DIR or --restore-command=COMMAND"
                            : "found --archive and --restore-command, expected one of them");
        }
        if (archive != null) {
            return new BackupProof.Wal.Stored(s3.store(archive));
        }
        try {
            return new BackupProof.Wal.Command(new RestoreCommand(String.valueOf(restoreCommand)));
        } catch (IllegalArgumentException e) {
            throw usage("--restore-command: " + e.getMessage());
        }
    }

    private Optional<SweepChoice> sweepChoice() {
        if (sweep == null) {
            return Optional.empty();
        }
        if (sweep.equals("every-commit")) {
            return Optional.of(new SweepChoice.EveryCommit());
        }
        try {
            return Optional.of(new SweepChoice.Sample(Integer.parseInt(sweep)));
        } catch (IllegalArgumentException e) {
            throw usage("--sweep=" + sweep + ": expected every-commit, or a number of targets from 1 to "
                    + SweepChoice.TARGETS_MAX);
        }
    }

    /** The major version that took the backup, which alone can restore it. */
    private int major(Path directory, BackupProof.Wal wal) throws IOException {
        int major = place(option(), directory).major(wal);
        if (!sandbox.majors().isEmpty() && !sandbox.majors().equals(List.of(major))) {
            throw usage("--postgres is " + sandbox.majors() + ": expected " + major + ", which took the backup");
        }
        return major;
    }

    private BackupPlace place(String option, Path directory) {
        return new BackupPlace(spec.commandLine(), option + directory, directory);
    }

    /** Of the backup's own directory, as far as that is fit for a directory of ours. */
    private static String name(Path directory) {
        Path last = directory.toAbsolutePath().normalize().getFileName();
        String fit = String.valueOf(last).replaceAll("[^A-Za-z0-9._-]+", "-");
        return "prove-" + fit;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
