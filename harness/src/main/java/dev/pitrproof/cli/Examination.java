package dev.pitrproof.cli;

import dev.pitrproof.sandbox.ContainerEngine;
import dev.pitrproof.sandbox.ContainerOptions;
import dev.pitrproof.sandbox.ContainerSandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.MajorRange;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looks at this machine, and tries what can be tried in a second instead of guessing. */
final class Examination {

    /** A story's source, backup, archive and restored copy take some 150 MB. */
    private static final long BYTES_WANTED = 500_000_000;

    private Examination() {}

    static List<Ailment> ofThisMachine() {
        List<Ailment> findings = new ArrayList<>();
        findings.add(Ailment.fine("Java", Runtime.version().toString()));
        findings.add(maven());
        findings.add(space());
        findings.add(postgres());
        Ailment containers = containerSandbox();
        Ailment processes = processSandbox();
        // one of the two is enough
        findings.add(containers.state() == Ailment.State.FINE ? processes.atMostOptional() : processes);
        findings.add(containers);
        return findings;
    }

    private static Ailment maven() {
        return inPath("mvn")
                .map(path -> Ailment.fine("Maven", path.toString()))
                .orElseGet(() -> Ailment.optional(
                        "Maven",
                        "no mvn: pitrproof cannot be rebuilt, nor a PostgreSQL fetched",
                        "apt-get install maven"));
    }

    private static Optional<Path> inPath(String program) {
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "" : path).split(File.pathSeparator, -1)) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return Optional.of(Path.of(directory, program));
            }
        }
        return Optional.empty();
    }

    private static Ailment space() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
        try {
            long free = Files.getFileStore(temporary).getUsableSpace();
            String found = String.format(Locale.ROOT, "%.1f GB free in %s", free / 1e9, temporary);
            return free >= BYTES_WANTED
                    ? Ailment.fine("space", found)
                    : Ailment.missing(
                            "space",
                            found + ", a drill wants 0.5 GB",
                            "free some, or set TMPDIR and JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR");
        } catch (IOException e) {
            return Ailment.missing("space", temporary + " cannot be used: " + e.getMessage(), "mkdir -p " + temporary);
        }
    }

    private static Ailment postgres() {
        List<Integer> atHand = supported(PostgresBinaries.majorsAtHand());
        List<Integer> fetched = new ArrayList<>(supported(PostgresBinaries.majorsAvailable()));
        fetched.removeAll(atHand);
        String found = "at hand: " + inWords(atHand) + "; to be fetched when asked for: " + inWords(fetched);
        if (!atHand.isEmpty()) {
            return Ailment.fine("PostgreSQL", found);
        }
        return fetched.isEmpty()
                ? Ailment.missing(
                        "PostgreSQL", "none at hand, and none for this platform", "apt-get install postgresql")
                : Ailment.optional("PostgreSQL", found, "./pitrproof run, with a network");
    }

    private static List<Integer> supported(List<Integer> majors) {
        return majors.stream().filter(MajorRange.SUPPORTED::contains).toList();
    }

    private static String inWords(List<Integer> majors) {
        return majors.isEmpty()
                ? "none"
                : String.join(", ", majors.stream().map(String::valueOf).toList());
    }

    /** Opens one: that finds out about the user to step down to, directories and permissions. */
    private static Ailment processSandbox() {
        List<Integer> atHand = supported(PostgresBinaries.majorsAtHand());
        if (atHand.isEmpty()) {
            return Ailment.optional("process sandbox", "not tried without a PostgreSQL", null);
        }
        try (ProcessSandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(atHand.get(0), null, message -> {}))) {
            return Ailment.fine(
                    "process sandbox",
                    "opens, with PostgreSQL " + sandbox.release().version() + isolation(sandbox));
        } catch (SandboxException e) {
            String hint = e.hint();
            return Ailment.missing(
                    "process sandbox", String.valueOf(e.getMessage()), hint == null ? "see the log" : hint);
        }
    }

    /** Opens one, if an engine answers and has an image: that finds out about permissions and how users are mapped. */
    private static Ailment containerSandbox() {
        String what = "container sandbox";
        ContainerEngine engine;
        List<Integer> majors;
        try {
            engine = ContainerEngine.find();
            majors = engine.majorsAtHand(supported(PostgresBinaries.majorsAvailable()));
        } catch (SandboxException e) {
            return Ailment.optional(what, String.valueOf(e.getMessage()), e.hint());
        }
        if (majors.isEmpty()) {
            return Ailment.optional(
                    what,
                    engine.name() + " answers, but has no image of PostgreSQL",
                    "scenarios/images/build " + MajorRange.SUPPORTED.last());
        }
        try (Sandbox sandbox = ContainerSandbox.open(majors.get(0), ContainerOptions.of(null))) {
            return Ailment.fine(
                    what,
                    "opens, on " + engine.name() + " with images of PostgreSQL " + inWords(majors)
                            + (sandbox.copiesFiles()
                                    ? "; the engine does not see this machine's directories: files are copied"
                                    : "")
                            + isolation(sandbox));
        } catch (SandboxException e) {
            return Ailment.optional(what, String.valueOf(e.getMessage()), e.hint());
        }
    }

    private static String isolation(Sandbox sandbox) {
        return sandbox.isolation().stream()
                .map(fact -> fact.item() + " " + fact.level())
                .collect(Collectors.joining(", ", "; isolation: ", ""));
    }
}
