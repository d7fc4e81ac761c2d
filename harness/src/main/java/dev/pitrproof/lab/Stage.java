package dev.pitrproof.lab;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.drill.DrillRunner;
import dev.pitrproof.drill.PlayedStory;
import dev.pitrproof.drill.SandboxOpener;
import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a lesson's drills need.
 *
 * @param major the PostgreSQL version for a scenario
 * @param listener is told of the drills
 * @param scenarios by name
 * @param output where evidence goes
 * @param quiet takes away what shows how far a drill is, before something else is printed
 */
public record Stage(
        SandboxOpener sandboxes,
        Major major,
        DrillListener listener,
        Map<String, Path> scenarios,
        Path output,
        long seed,
        Look look,
        Runnable quiet) {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Chooses a PostgreSQL version. */
    @FunctionalInterface
    public interface Major {
        int of(Scenario scenario) throws IOException;
    }

    /** Runs another command of the program, given as its arguments, and prints what that says. */
    @FunctionalInterface
    public interface Look {
        void at(List<String> arguments, PrintWriter out);
    }

    public Stage {
        scenarios = Map.copyOf(scenarios);
    }

    /** Plays the story of a scenario; whoever asked for it closes it. */
    PlayedStory play(String name) throws IOException {
        Scenario scenario;
        try {
            scenario = ScenarioReader.read(
                    Objects.requireNonNull(scenarios.get(name), "there is no scenario " + name), Map.of());
        } catch (InvalidScenario e) {
            throw new IOException(String.valueOf(e.problems().get(0)), e);
        }
        DrillOptions options = new DrillOptions(major.of(scenario), output, seed, "pitrproof lab", PATIENCE);
        return new DrillRunner(sandboxes, options, listener).play(scenario);
    }
}
