package dev.pitrproof.cli;

import dev.pitrproof.drill.SandboxOpener;
import dev.pitrproof.sandbox.BinariesProgress;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.MajorRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where disposable clusters live, and which PostgreSQL they are. */
final class SandboxOptions {

    /** The kinds of sandbox. */
    enum Kind {
        AUTO,
        PROCESS
    }

    @Option(
            names = "--sandbox",
            paramLabel = "KIND",
            description =
                    "where disposable clusters live: ${COMPLETION-CANDIDATES} (default: auto, which takes process)",
            defaultValue = "auto")
    private Kind kind = Kind.AUTO;

    @Option(
            names = "--postgres",
            paramLabel = "MAJOR",
            split = ",",
            description = "PostgreSQL versions, of those that a scenario is for (default: its newest)")
    private List<Integer> majors = new ArrayList<>();

    @Option(names = "--pg-bin", paramLabel = "DIR", description = "PostgreSQL's programs, for the process sandbox")
    private @Nullable Path binaries;

    @Option(names = "--keep", description = "leave the clusters' directories behind, and say where")
    private boolean keep;

    List<Integer> majors() {
        return majors;
    }

    /** The newest major of a range that there is a PostgreSQL of; the user's own programs leave no choice. */
    int newest(MajorRange range) throws SandboxException {
        if (binaries != null) {
            return PostgresBinaries.majorOf(binaries);
        }
        return PostgresBinaries.majorsAvailable().stream()
                .filter(range::contains)
                .findFirst()
                .orElse(range.last());
    }

    SandboxOpener opener(BinariesProgress progress) {
        return major -> {
            PostgresBinaries found = PostgresBinaries.find(major, binaries, progress);
            progress.say("sandbox: " + (kind == Kind.AUTO ? "process (the only kind so far)" : "process")
                    + ", PostgreSQL " + found.release().version() + " from "
                    + found.release().origin());
            ProcessSandbox sandbox = ProcessSandbox.open(found);
            if (keep) {
                sandbox.keepFiles();
                progress.say("the clusters' directories stay in " + sandbox.directory());
            }
            return sandbox;
        };
    }
}
