package dev.pitrproof.cli;

import dev.pitrproof.drill.SandboxOpener;
import dev.pitrproof.sandbox.BinariesProgress;
import dev.pitrproof.sandbox.SandboxChoice;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.MajorRange;
import dev.pitrproof.scenario.Scenario;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where disposable clusters live, and which PostgreSQL they are. */
final class SandboxOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--sandbox",
            paramLabel = "KIND",
            description =
                    "where disposable clusters live: ${COMPLETION-CANDIDATES} (default: auto, which takes containers"
                            + " where an engine answers and has the image)",
            defaultValue = "auto")
    private SandboxChoice.Kind kind = SandboxChoice.Kind.AUTO;

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

    boolean keeps() {
        return keep;
    }

    List<Integer> majors() {
        return majors;
    }

    /**
     * The newest major of those that a scenario is for that there is a PostgreSQL of, with its client programs where the
     * story needs them; what the user named leaves no choice.
     */
    int newest(Scenario scenario) throws SandboxException {
        MajorRange range = scenario.postgres();
        Optional<Integer> played =
                scenario.needsClients() ? choice().newestWithClients(range::contains) : Optional.empty();
        return played.isPresent()
                ? played.get()
                : choice().newest(range::contains).orElse(range.last());
    }

    SandboxOpener opener(BinariesProgress progress) {
        SandboxChoice choice = choice();
        return major -> choice.open(major, progress);
    }

    private SandboxChoice choice() {
        SandboxChoice choice = new SandboxChoice(kind, binaries, image, keep);
        choice.contradiction().ifPresent(found -> {
            throw new ParameterException(spec.commandLine(), "--" + found.option() + " " + found.why());
        });
        return choice;
    }
}
