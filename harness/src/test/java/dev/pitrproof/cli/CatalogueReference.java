package dev.pitrproof.cli;

import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The table of the shipped scenarios, in their own words. */
final class CatalogueReference {

    private CatalogueReference() {}

    static String text(List<Path> files) throws InvalidScenario {
        StringBuilder text = new StringBuilder("| scenario | what it shows | restores | tags |\n|---|---|---|---|\n");
        for (Path file : files) {
            Scenario scenario = ScenarioReader.read(file);
            text.append("| [")
                    .append(scenario.name())
                    .append("](../../scenarios/")
                    .append(file.getFileName())
                    .append(") | ")
                    .append(Objects.requireNonNullElse(scenario.about(), "")
                            .strip()
                            .replaceAll("\\s+", " ")
                            .replace("|", "\\|"))
                    .append(" | ")
                    .append(scenario.restores().size())
                    .append(" | ")
                    .append(String.join(", ", scenario.tags()))
                    .append(" |\n");
        }
        return text.toString();
    }
}
