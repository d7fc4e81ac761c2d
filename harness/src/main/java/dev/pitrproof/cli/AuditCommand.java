package dev.pitrproof.cli;

import dev.pitrproof.archive.Acknowledgements;
import dev.pitrproof.archive.ArchiveAudit;
import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Kind;
import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.drill.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code audit ARCHIVE}: reads every record of an archive, and says what is wrong, what that costs, and what can be
 * reached.
 */
@Command(
        name = "audit",
        description = {
            "Read every record in a WAL archive: say what is missing or damaged, what that costs, and what can be"
                    + " restored. The archive is only read.",
            "",
            "--acknowledged names a file of known findings, so that they do not fail every night:",
            "  missing 000000010000000000000007..09  # disk replaced 2026-03-01",
            "A line that matches nothing any more is reported, without failing the audit."
        },
        footerHeading = "%nJSON Lines (keys are only added, never renamed):%n",
        footer = {
            "  {\"event\":\"audit\"}     verdict (fine, acknowledged, damaged, unchecked), systemIdentifier, walMajor,",
            "                        segmentSize, segments, damage, acknowledged, harmless, unreadable",
            "  {\"event\":\"finding\"}   kind (missing, truncated, empty, recycled, foreign, duplicate, damaged,",
            "                        unreadable), first, last, files, acknowledged, harmless, expected, found, costs, hint",
            "  {\"event\":\"stale\"}     line, text",
            "  {\"event\":\"timeline\"}  timeline, parent, forkedAt, segments, partial, lastProvableCommit {xid, time, lsn}",
            "  {\"event\":\"window\"}    timeline, from, through, firstTime, lastTime, continuesParent, lastCommit"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing is wrong that is not acknowledged",
            "1:something is missing or damaged",
            "2:usage, or an acknowledgement that cannot be understood",
            "3:it could not be done, or a file could not be read"
        })
public final class AuditCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "ARCHIVE",
            converter = ArchivePlace.Converter.class,
            description = "WAL segments and history files, plain, .gz, .zst, .lz4 or .partial: a directory, or"
                    + " s3://BUCKET/PREFIX.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ArchivePlace place;

    @Mixin
    private S3Options s3 = new S3Options();

    @Option(
            names = "--acknowledged",
            paramLabel = "FILE",
            description = "Known findings: they are shown, and do not count.")
    private @Nullable Path acknowledged;

    @Option(names = "--json", description = "Print JSON Lines.")
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
        try {
            Acknowledgements known = acknowledgements();
            if (!known.mistakes().isEmpty()) {
                known.mistakes().forEach(mistake -> {
                    err.println(acknowledged + ":" + mistake.line() + ":" + mistake.column() + ": error: "
                            + mistake.message());
                    err.println("HINT: " + mistake.hint());
                });
                return ExitCode.USAGE.number();
            }
            return print(audit(err), known).number();
        } catch (NoSuchFileException e) {
            err.println("pitrproof: error: no such file: \"" + e.getMessage() + "\"");
            err.println(
                    "HINT: --acknowledged names a file of known findings, one a line; see ./pitrproof audit --help");
            return ExitCode.USAGE.number();
        } catch (ArchiveException e) {
            err.print("pitrproof: ");
            return ArchiveTrouble.report(e, err);
        } catch (IOException e) {
            err.println("pitrproof: error: cannot read: "
                    + e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage());
            err.println("HINT: the files must be readable by the user who runs this command");
            return ExitCode.UNPROVEN.number();
        } finally {
            err.flush();
        }
    }

    private ArchiveAudit audit(PrintWriter err) throws IOException {
        try (ProgressLine progress = ProgressLine.start(err)) {
            return ArchiveAudit.of(
                    s3.store(place), (read, of) -> progress.show(Progress.ofBytes("reading the archive", read, of)));
        }
    }

    private Acknowledgements acknowledgements() throws IOException {
        return Acknowledgements.parse(acknowledged == null ? List.of() : Files.readAllLines(acknowledged));
    }

    private ExitCode print(ArchiveAudit audit, Acknowledgements known) {
        PrintWriter out = spec.commandLine().getOut();
        AuditLines lines = json ? new AuditLines.Json(out) : new AuditLines.Text(out);
        ExitCode exitCode = exitCode(audit, known);
        lines.print(audit, known, exitCode);
        out.flush();
        return exitCode;
    }

    /** Damage is worse than not knowing. */
    private static ExitCode exitCode(ArchiveAudit audit, Acknowledgements known) {
        List<Finding> counting = audit.findings().stream()
                .filter(finding -> !finding.harmless() && !known.covers(finding))
                .toList();
        if (counting.isEmpty()) {
            return ExitCode.FINE;
        }
        return counting.stream().allMatch(finding -> finding.kind() == Kind.UNREADABLE)
                ? ExitCode.UNPROVEN
                : ExitCode.REFUTED;
    }
}
