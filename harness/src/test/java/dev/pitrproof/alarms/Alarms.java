package dev.pitrproof.alarms;

import dev.pitrproof.alarms.Drilled.Kind;
import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.drill.DrillRunner;
import dev.pitrproof.drill.PlayedStory;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioFiles;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Runs scenarios on several majors, once with sabotage, and then again and again with other seeds.
 *
 * @param directory for evidence
 * @param listener is told of each drill that has ended, by several threads
 */
record Alarms(Path directory, Consumer<Drilled> listener) {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Longer stories are for people to watch. */
    private static final int STORY_SECONDS_MAX = 3;

    private static final Pattern LASTS = Pattern.compile("lasts: *(\\d+)s\\b");

    /** Reads the scenarios of a directory, whose stories are shortened where they last longer than they need to. */
    List<Scenario> scenarios(Path from) throws IOException, InvalidScenario {
        Path shortened = Files.createDirectories(directory.resolve("scenarios"));
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : ScenarioFiles.of(List.of(from)).files()) {
            String text = LASTS.matcher(Files.readString(file)).replaceAll(Alarms::shortened);
            scenarios.add(ScenarioReader.read(
                    Files.writeString(shortened.resolve(String.valueOf(file.getFileName())), text)));
        }
        return scenarios;
    }

    private static String shortened(MatchResult lasts) {
        return "lasts: " + Math.min(Integer.parseInt(lasts.group(1)), STORY_SECONDS_MAX) + "s";
    }

    /**
     * Runs them.
     *
     * @param undamaged how many drills that have to be proven are run on each major besides
     */
    void run(List<Scenario> scenarios, List<Integer> majors, int undamaged) throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        for (int major : majors) {
            List<Scenario> fit = scenarios.stream()
                    .filter(scenario -> scenario.postgres().contains(major))
                    .toList();
            fit.forEach(scenario -> work.add(() -> sabotage(scenario, major)));
            List<Scenario> provable = fit.stream()
                    .filter(scenario -> scenario.restores().stream()
                            .anyMatch(restore -> restore.expect().isProven()))
                    .toList();
            int planned = 0;
            for (int i = 0; planned < undamaged && !provable.isEmpty(); i++) {
                Scenario scenario = provable.get(i % provable.size());
                long seed = 2L + i / provable.size();
                int drills = Math.min(undamaged - planned, numbers(scenario).size());
                planned += drills;
                work.add(() -> leaveAlone(scenario, major, seed, drills));
            }
        }
        ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            for (Future<Void> done : pool.invokeAll(work)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static Sandbox sandbox(int major) throws IOException {
        return ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}));
    }

    private Void sabotage(Scenario scenario, int major) throws IOException {
        Path output = directory.resolve("sabotage");
        DrillOptions options = new DrillOptions(major, output, 1, "bench/alarms/run", PATIENCE, true);
        try (PlayedStory story = play(scenario, options)) {
            for (int number = 1; number <= scenario.restores().size(); number++) {
                Kind kind = scenario.restores().get(number - 1).expect().isProven() ? Kind.SABOTAGED : Kind.TWIN;
                restore(story, number, kind, options);
            }
        }
        return null;
    }

    private Void leaveAlone(Scenario scenario, int major, long seed, int drills) throws IOException {
        Path output = directory.resolve("seed-" + seed);
        DrillOptions options = new DrillOptions(major, output, seed, "bench/alarms/run", PATIENCE);
        try (PlayedStory story = play(scenario, options)) {
            for (int number : numbers(scenario).subList(0, drills)) {
                restore(story, number, Kind.UNDAMAGED, options);
            }
        }
        return null;
    }

    private static PlayedStory play(Scenario scenario, DrillOptions options) {
        return new DrillRunner(Alarms::sandbox, options, DrillListener.SILENT).play(scenario);
    }

    /** Of the restores that have to be proven. */
    private static List<Integer> numbers(Scenario scenario) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < scenario.restores().size(); i++) {
            if (scenario.restores().get(i).expect().isProven()) {
                numbers.add(i + 1);
            }
        }
        return numbers;
    }

    private void restore(PlayedStory story, int number, Kind kind, DrillOptions options) throws IOException {
        long begun = System.nanoTime();
        Evidence evidence = story.restore(number);
        double seconds = (System.nanoTime() - begun) / 1e9;
        listener.accept(Drilled.of(kind, options.major(), options.seed(), seconds, evidence, options.output()));
    }
}
