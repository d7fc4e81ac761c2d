package dev.pitrproof.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The scenarios that are part of the product, for tests about all of them. */
final class Shipped {

    static final Path DIRECTORY = Path.of("..", "scenarios");

    private Shipped() {}

    static List<Path> files() {
        ScenarioFiles found = ScenarioFiles.of(List.of(DIRECTORY));
        if (!found.problems().isEmpty()) {
            throw new IllegalStateException(found.problems().toString());
        }
        return found.files();
    }

    static List<Scenario> scenarios() throws InvalidScenario {
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : files()) {
            scenarios.add(ScenarioReader.read(file));
        }
        return scenarios;
    }

    /** The file as maps, lists and scalars, the way an editor's YAML library hands it to a schema. */
    static Object plainValues(Path file) throws IOException {
        LoadSettings settings =
                LoadSettings.builder().setSchema(new CoreSchema()).build();
        return new Load(settings).loadFromString(Files.readString(file));
    }
}
