package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.sandbox.ContainerEngine;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The container engine of the machine that runs these tests, with an image of PostgreSQL. */
final class Containers {

    /** Which majors will do; those whose images continuous integration builds come first. */
    private static final List<Integer> MAJORS = List.of(17, 15, 18, 16, 14);

    private Containers() {}

    /** Skips the test where there is nothing to run it with; in continuous integration that is a failure. */
    static void require() throws SandboxException {
        try {
            major();
        } catch (SandboxException e) {
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                throw e;
            }
            Assumptions.abort(e.getMessage() + "; HINT: " + e.hint());
        }
    }

    /** A major of which there is an image. */
    static int major() throws SandboxException {
        ContainerEngine engine = ContainerEngine.find();
        List<Integer> there = engine.majorsAtHand(MAJORS);
        if (there.isEmpty()) {
            // says which image is missing
            engine.image(MAJORS.get(0), null);
        }
        return there.get(0);
    }

    /** Containers that a run in this directory for temporary files has made and not removed, by their labels. */
    static List<String> of(Path temporary) throws IOException, InterruptedException {
        return asked("ps", "--all", "--no-trunc", "--filter", "label=dev.pitrproof.run", "--format", "{{.Command}}")
                .filter(line -> line.contains(temporary.toString()))
                .toList();
    }

    /** The volumes of a run, by the name of its directory. */
    static List<String> volumes(String run) throws IOException, InterruptedException {
        return asked("volume", "ls", "--quiet", "--filter", "label=dev.pitrproof.run=" + run)
                .toList();
    }

    private static Stream<String> asked(String... question) throws IOException, InterruptedException {
        ContainerEngine engine = ContainerEngine.find();
        List<String> command = new ArrayList<>(List.of(engine.name().startsWith("podman") ? "podman" : "docker"));
        command.addAll(List.of(question));
        Process list = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(list.waitFor()).as(said).isZero();
        return said.lines();
    }
}
