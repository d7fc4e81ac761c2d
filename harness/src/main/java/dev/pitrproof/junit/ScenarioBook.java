package dev.pitrproof.junit;

import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioFiles;
import dev.pitrproof.scenario.ScenarioReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The scenarios of one discovery, each file read once, and those of them that the parameters leave. */
final class ScenarioBook {

    private final EngineParameters parameters;
    private final Map<Path, Page> pages = new HashMap<>();
    private boolean leftOut;

    /** What reading a file came to. */
    sealed interface Page {
        record Usable(Scenario scenario) implements Page {}

        record Unusable(InvalidScenario cause) implements Page {}
    }

    ScenarioBook(EngineParameters parameters) {
        this.parameters = parameters;
    }

    Page read(Path file) {
        return pages.computeIfAbsent(file, ScenarioBook::readNow);
    }

    private static Page readNow(Path file) {
        try {
            return new Page.Usable(ScenarioReader.read(file));
        } catch (InvalidScenario e) {
            return new Page.Unusable(e);
        }
    }

    /** Those of the files that are to run, or that cannot be read to know. */
    List<Path> selected(ScenarioFiles found) {
        List<Path> selected = found.files().stream()
                .map(ScenarioPaths::relative)
                .filter(this::isSelected)
                .toList();
        leftOut |= selected.size() < found.files().size();
        return selected;
    }

    private boolean isSelected(Path file) {
        return !(read(file) instanceof Page.Usable page)
                || (parameters.selects(page.scenario())
                        && !parameters.majors(page.scenario()).isEmpty());
    }

    List<Integer> majors(Scenario scenario) {
        return parameters.majors(scenario);
    }

    /** Whether parameters kept a scenario that a selector named from running. */
    boolean leftEverythingOut() {
        return leftOut;
    }
}
