package dev.pitrproof.cli;

import dev.pitrproof.drill.SandboxOpener;
import dev.pitrproof.sandbox.BinariesProgress;
import dev.pitrproof.sandbox.ContainerEngine;
import dev.pitrproof.sandbox.ContainerOptions;
import dev.pitrproof.sandbox.ContainerSandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
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
        CONTAINER,
        PROCESS
    }

    @Option(
            names = "--sandbox",
            paramLabel = "KIND",
            description =
                    "where disposable clusters live: ${COMPLETION-CANDIDATES} (default: auto, which takes containers"
                            + " where an engine answers and has the image)",
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

    @Option(
            names = "--image",
            paramLabel = "NAME",
            description =
                    "the container image, for the container sandbox (default: localhost/pitrproof/postgres:MAJOR as"
                            + " scenarios/images/build makes it, else postgres:MAJOR); it is never pulled")
    private @Nullable String image;

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
        return major -> switch (kind) {
            case CONTAINER -> container(major, "container", progress);
            case PROCESS -> process(major, "process", progress);
            case AUTO -> automatic(major, progress);
        };
    }

    private Sandbox automatic(int major, BinariesProgress progress) throws SandboxException {
        if (binaries != null) {
            return process(major, "process (--pg-bin names programs)", progress);
        }
        try {
            ContainerEngine engine = ContainerEngine.find();
            engine.image(major, image);
            return container(major, "container (" + engine.name() + " answers and has the image)", progress);
        } catch (SandboxException e) {
            if (image != null) {
                // whoever names an image wants containers
                throw e;
            }
            return process(major, "process (" + e.getMessage() + ")", progress);
        }
    }

    private Sandbox container(int major, String choice, BinariesProgress progress) throws SandboxException {
        ContainerSandbox sandbox = ContainerSandbox.open(major, ContainerOptions.of(image));
        opened(sandbox, sandbox::keepFiles, choice, progress);
        return sandbox;
    }

    private Sandbox process(int major, String choice, BinariesProgress progress) throws SandboxException {
        ProcessSandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(major, binaries, progress));
        opened(sandbox, sandbox::keepFiles, choice, progress);
        return sandbox;
    }

    private void opened(Sandbox sandbox, Runnable keepFiles, String choice, BinariesProgress progress) {
        progress.say("sandbox: " + choice + ", PostgreSQL " + sandbox.release().version() + " from "
                + sandbox.release().origin());
        if (keep) {
            keepFiles.run();
            progress.say("the clusters' directories stay in " + sandbox.directory());
        }
    }
}
