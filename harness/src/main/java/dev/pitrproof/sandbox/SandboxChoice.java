package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a user can choose about sandboxes.
 *
 * @param binaries the directory of PostgreSQL's programs, for processes; null to look for them
 * @param image of PostgreSQL, for containers; null for the default one
 * @param keep whether a closed sandbox leaves the clusters' directories behind
 */
public record SandboxChoice(
        Kind kind, @Nullable Path binaries, @Nullable String image, boolean keep) {

    /** The kinds of sandbox. */
    public enum Kind {
        /** Containers where an engine answers and has the image, else processes. */
        AUTO,
        CONTAINER,
        PROCESS
    }

    /** Why these choices exclude each other, if they do: as the rest of a sentence that begins with what was chosen. */
    public Optional<Contradiction> contradiction() {
        if (binaries != null && kind == Kind.CONTAINER) {
            return Optional.of(new Contradiction("pg-bin", "is for the process sandbox, but containers are asked for"));
        }
        if (image != null && kind == Kind.PROCESS) {
            return Optional.of(new Contradiction("image", "is for the container sandbox, but processes are asked for"));
        }
        return image != null && binaries != null
                ? Optional.of(
                        new Contradiction("image", "is for the container sandbox, and pg-bin for the process one"))
                : Optional.empty();
    }

    /**
     * A choice that cannot be met.
     *
     * @param option its name without dashes, {@code image}
     * @param why the sentence that the option begins
     */
    public record Contradiction(String option, String why) {}

    /**
     * The newest major there is a PostgreSQL of; one that the user named leaves no choice.
     *
     * @param wanted which majors will do
     * @return empty if there is none
     * @throws SandboxException {@code ENVIRONMENT} if the programs that the user named are not there
     */
    public Optional<Integer> newest(IntPredicate wanted) throws SandboxException {
        if (binaries != null) {
            return Optional.of(PostgresBinaries.majorOf(binaries));
        }
        List<Integer> available = PostgresBinaries.majorsAvailable();
        if (image != null || kind == Kind.CONTAINER) {
            Optional<Integer> major = newestOfContainers(available, wanted);
            if (major.isPresent()) {
                return major;
            }
        }
        return available.stream().filter(wanted::test).findFirst();
    }

    /**
     * For a story that needs {@link ClientPrograms}: the newest major for which this machine has them.
     *
     * @param wanted which majors will do
     * @return empty if it has none, or the user named what is to be run; containers bring theirs along
     */
    public Optional<Integer> newestWithClients(IntPredicate wanted) {
        if (binaries != null || image != null || kind == Kind.CONTAINER) {
            return Optional.empty();
        }
        for (int major : PostgresBinaries.majorsAvailable()) {
            try {
                if (wanted.test(major) && LocalClientPrograms.find(major).isPresent()) {
                    return Optional.of(major);
                }
            } catch (IOException e) {
                // a program that does not run is none; opening the sandbox says what is wrong with this machine
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Optional<Integer> newestOfContainers(List<Integer> majors, IntPredicate wanted) {
        try {
            ContainerEngine engine = ContainerEngine.find();
            if (image != null) {
                return Optional.ofNullable(engine.named(image).major());
            }
            return engine.majorsAtHand(majors).stream().filter(wanted::test).findFirst();
        } catch (SandboxException e) {
            // opening it says so, to whom the evidence tells
            return Optional.empty();
        }
    }

    /**
     * Opens a sandbox, and says which and why.
     *
     * @throws SandboxException {@code ENVIRONMENT} if this machine lacks what is asked for
     */
    public Sandbox open(int major, BinariesProgress progress) throws SandboxException {
        return switch (kind) {
            case CONTAINER -> container(ContainerEngine.find(), major, "container", progress);
            case PROCESS -> process(major, "process", progress);
            case AUTO -> automatic(major, progress);
        };
    }

    private Sandbox automatic(int major, BinariesProgress progress) throws SandboxException {
        if (binaries != null) {
            return process(major, "process (PostgreSQL's programs are named)", progress);
        }
        ContainerEngine engine;
        try {
            engine = ContainerEngine.find();
            engine.image(major, image);
            engine.userMapping();
        } catch (SandboxException e) {
            if (image != null) {
                // whoever names an image wants containers
                throw e;
            }
            return process(major, "process (" + e.getMessage() + ")", progress);
        }
        return container(engine, major, "container (" + engine.name() + " answers and has the image)", progress);
    }

    private Sandbox container(ContainerEngine engine, int major, String choice, BinariesProgress progress)
            throws SandboxException {
        ContainerSandbox sandbox = ContainerSandbox.open(engine, major, ContainerOptions.of(image));
        Sandbox opened = opened(sandbox, choice, progress);
        if (sandbox.copiesFiles()) {
            progress.say("the engine does not see this machine's directories: files are copied to it and back");
        }
        return opened;
    }

    private Sandbox process(int major, String choice, BinariesProgress progress) throws SandboxException {
        return opened(ProcessSandbox.open(PostgresBinaries.find(major, binaries, progress)), choice, progress);
    }

    private Sandbox opened(RunSandbox sandbox, String choice, BinariesProgress progress) {
        progress.say("sandbox: " + choice + ", PostgreSQL " + sandbox.release().version() + " from "
                + sandbox.release().origin());
        if (keep) {
            sandbox.keepFiles();
            progress.say("the clusters' directories stay in " + sandbox.directory());
        }
        return sandbox;
    }
}
