package dev.pitrproof.cli;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceUnreadable;
import dev.pitrproof.evidence.Verdict;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the evidence below directories, each file once, and says everything that is wrong with it. */
final class EvidenceSearch {

    /**
     * Evidence that was read.
     *
     * @param directory the real path of its directory
     */
    record Found(Evidence evidence, Path directory) {}

    private final List<Found> found = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();
    private @Nullable ExitCode failure;

    private EvidenceSearch() {}

    /** Looks into the places in their order; in each of them, drills come in the order in which they were run. */
    static EvidenceSearch in(List<Path> places) {
        EvidenceSearch search = new EvidenceSearch();
        for (Path place : places) {
            search.look(place);
        }
        if (search.failure == null && search.found.isEmpty()) {
            search.problem(
                    ExitCode.USAGE,
                    places.get(0) + ": error: found no evidence.json, expected the output of a run",
                    "./pitrproof run writes it, by default below target/pitrproof");
        }
        return search;
    }

    List<Found> found() {
        return List.copyOf(found);
    }

    /** For the user, each with its hint. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Null when every file could be read and there is one. */
    @Nullable
    ExitCode failure() {
        return failure;
    }

    private void look(Path place) {
        if (!Files.exists(place)) {
            problem(
                    ExitCode.USAGE,
                    place + ": error: found no such directory, expected the output of a run",
                    "name a directory with evidence.json in it or below it");
            return;
        }
        List<Found> here = new ArrayList<>();
        for (Path file : files(place)) {
            read(file, here);
        }
        here.sort(Comparator.comparing((Found one) -> one.evidence().started()).thenComparing(Found::directory));
        found.addAll(here);
    }

    private Set<Path> files(Path place) {
        Set<Path> files = new TreeSet<>();
        try {
            Files.walkFileTree(place.toRealPath(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.endsWith(EvidenceFile.NAME)) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    unreadable(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            unreadable(place);
        }
        return files;
    }

    private void read(Path file, List<Found> into) {
        try {
            Path real = file.toRealPath();
            if (seen.add(real)) {
                Evidence evidence = EvidenceFile.read(real);
                String contradiction = contradiction(evidence);
                if (contradiction == null) {
                    into.add(new Found(evidence, real.resolveSibling("").normalize()));
                } else {
                    problem(
                            ExitCode.UNPROVEN,
                            file + ": error: contradicts itself: " + contradiction,
                            "it was changed after the drill; run the drill again");
                }
            }
        } catch (EvidenceUnreadable e) {
            problem(ExitCode.UNPROVEN, String.valueOf(e.getMessage()), null);
        } catch (IOException e) {
            unreadable(file);
        }
    }

    /** What a report must not repeat in green: an outcome that does not follow from the claims. */
    private static @Nullable String contradiction(Evidence evidence) {
        Verdict merged =
                Verdict.merge(evidence.claims().stream().map(Claim::verdict).toList());
        if (evidence.verdict() != merged) {
            return "the verdict is " + evidence.verdict() + ", its claims say " + merged;
        }
        boolean met = evidence.expected().isMetBy(merged, evidence.claims());
        return evidence.asExpected() == met
                ? null
                : "asExpected is " + evidence.asExpected() + ", its claims and its expectation say " + met;
    }

    private void unreadable(Path path) {
        problem(
                ExitCode.UNPROVEN,
                path + ": error: cannot be read",
                "look at its permissions; what cannot be read would be missing in the report");
    }

    private void problem(ExitCode code, String message, @Nullable String hint) {
        problems.add(hint == null ? message : message + System.lineSeparator() + "HINT: " + hint);
        // a mistake in the command is to be put right first
        failure = failure == ExitCode.USAGE ? failure : code;
    }
}
