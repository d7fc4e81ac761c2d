package dev.pitrproof.scenarios;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.drill.DrillRunner;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.MajorRange;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs scenarios in the process sandbox. */
final class Drills {

    private Drills() {}

    /** Writes {@code text} to a file in {@code directory} and runs it on the newest PostgreSQL. */
    static List<Evidence> run(String text, Path directory) throws IOException, InvalidScenario {
        Path file = Files.writeString(directory.resolve("scenario.yaml"), text);
        return run(ScenarioReader.read(file), MajorRange.SUPPORTED.last(), directory);
    }

    static List<Evidence> run(Scenario scenario, int major, Path output) throws IOException {
        DrillOptions options = new DrillOptions(major, output, 1, "test", Duration.ofMinutes(5));
        return new DrillRunner(
                        wanted -> ProcessSandbox.open(PostgresBinaries.find(wanted, null, message -> {})),
                        options,
                        DrillListener.SILENT)
                .run(scenario);
    }
}
