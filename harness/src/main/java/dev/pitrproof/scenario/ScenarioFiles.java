package dev.pitrproof.scenario;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The scenario files that a command line's arguments stand for: a file for itself, a directory for the {@code *.yaml}
 * and {@code *.yml} files at its top, in the order of their names.
 *
 * @param files each once, in the order of the arguments, as the user named them
 * @param problems arguments that stand for no file
 */
public record ScenarioFiles(List<Path> files, List<Problem> problems) {

    /** Where scenarios are looked for when the command line names none. */
    public static final Path DEFAULT_DIRECTORY = Path.of("scenarios");

    static final String HINT = "name a scenario file, or a directory with *.yaml files in it";

    public ScenarioFiles {
        files = List.copyOf(files);
        problems = List.copyOf(problems);
    }

    /** The files that {@code arguments} stand for; without arguments, those in {@link #DEFAULT_DIRECTORY}. */
    public static ScenarioFiles of(List<Path> arguments) {
        Map<Path, Path> files = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        for (Path argument : arguments.isEmpty() ? List.of(DEFAULT_DIRECTORY) : arguments) {
            if (Files.isDirectory(argument)) {
                addAll(argument, files, problems);
            } else if (Files.exists(argument)) {
                add(argument, files);
            } else {
                problems.add(new Problem(
                        Position.of(argument), "found no such file or directory, expected scenarios", HINT));
            }
        }
        return new ScenarioFiles(List.copyOf(files.values()), problems);
    }

    /**
     * The scenarios that come with the program, inside its jar.
     *
     * @throws IOException if the jar cannot be read
     */
    public static ScenarioFiles shipped() throws IOException {
        try {
            URI place = Objects.requireNonNull(ScenarioFiles.class.getResource("/scenarios"), "no scenarios in the jar")
                    .toURI();
            if (place.getScheme().equals("jar")) {
                // stays open: the paths are good as long as it is
                FileSystems.newFileSystem(place, Map.of());
            }
            return of(List.of(Path.of(place)));
        } catch (URISyntaxException | FileSystemAlreadyExistsException e) {
            throw new IllegalStateException("the jar's scenarios are looked for once, at a URL that is a URI", e);
        }
    }

    /** One file may be reached by several arguments, and by several spellings of its path. */
    private static void add(Path file, Map<Path, Path> files) {
        files.putIfAbsent(file.toAbsolutePath().normalize(), file);
    }

    private static void addAll(Path directory, Map<Path, Path> files, List<Problem> problems) {
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> found = entries.filter(ScenarioFiles::isScenario)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
            if (found.isEmpty()) {
                problems.add(new Problem(
                        Position.of(directory), "found no *.yaml file in the directory, expected scenarios", HINT));
            }
            found.forEach(file -> add(file, files));
        } catch (IOException failed) {
            problems.add(new Problem(
                    Position.of(directory),
                    "directory cannot be read: " + Wording.oneLine(failed),
                    "check its permissions"));
        }
    }

    /**
     * What is wrong between files that are each valid: two scenarios of one name, whose drills would overwrite each
     * other's evidence, and a variable that is set and that no scenario has.
     *
     * @param variablesSet the names that the command line gives values to
     */
    public static List<Problem> conflicts(List<Scenario> scenarios, Set<String> variablesSet) {
        List<Problem> problems = new ArrayList<>();
        Map<String, Path> names = new HashMap<>();
        Set<String> known = new TreeSet<>();
        for (Scenario scenario : scenarios) {
            Path first = names.putIfAbsent(scenario.name(), scenario.file());
            if (first != null) {
                problems.add(new Problem(
                        Position.of(scenario.file()),
                        "scenario is named " + Wording.quoted(scenario.name()) + " like " + first
                                + ", expected a name of its own",
                        "rename one of the two"));
            }
            known.addAll(scenario.variables());
        }
        for (String name : new TreeSet<>(variablesSet)) {
            if (!known.contains(name)) {
                problems.add(new Problem(
                        Position.of(Path.of("--set")),
                        "unknown variable " + Wording.quoted(name) + ", expected one that a scenario has",
                        Wording.didYouMean(name, known)));
            }
        }
        return problems;
    }

    private static boolean isScenario(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(file);
    }
}
