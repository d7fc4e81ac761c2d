package dev.pitrproof.scenarios;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.drill.DrillRunner;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.MajorRange;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Runs scenarios in the process sandbox. */
final class Drills {

    private Drills() {}

    /** The majors of {@code -Dpitrproof.postgres=14,15}; the newest when nothing is said. */
    static List<Integer> majors() {
        String asked = System.getProperty("pitrproof.postgres", "");
        return asked.isBlank()
                ? List.of(MajorRange.SUPPORTED.last())
                : Stream.of(asked.split(",", -1)).map(Integer::valueOf).toList();
    }

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
                        new Silent())
                .run(scenario);
    }

    private static final class Silent implements DrillListener {
        @Override
        public void scenarioStarted(Scenario scenario, Sandbox sandbox) {}

        @Override
        public void moment(Story.Moment moment) {}

        @Override
        public void clock(String storyTime) {}

        @Override
        public void storyEnded(String storyTime, long commits, long refused, int segments) {}

        @Override
        public void restoreStarted(Restore restore, int number, int of) {}

        @Override
        public void drillEnded(Evidence evidence, Path directory) {}

        @Override
        public void leftBehind(SandboxException failure) {}
    }
}
