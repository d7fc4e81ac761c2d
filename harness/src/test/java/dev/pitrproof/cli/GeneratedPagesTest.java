package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.scenario.ScenarioFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The parts of the documentation that say what the program says. They are written into the pages, so that they can be
 * read without running anything; with {@code PITRPROOF_DOCS=write} in the environment this test writes them anew.
 */
class GeneratedPagesTest {

    private static final Path SCENARIOS = Pages.DIRECTORY.resolve("scenarios.md");
    private static final List<Path> SHIPPED =
            ScenarioFiles.of(List.of(Path.of("..", "scenarios"))).files();

    @Test
    void commandsAndTheirFlags() throws IOException {
        assertGenerated(Pages.DIRECTORY.resolve("cli.md"), "commands", CommandReference.text());
    }

    @Test
    void keysOfTheLanguage() throws IOException {
        assertGenerated(SCENARIOS, "keys", KeyReference.text(SHIPPED));
    }

    @Test
    void tenMistakes(@TempDir Path directory) throws IOException {
        assertGenerated(SCENARIOS, "mistakes", MistakeReference.text(Pages.firstScenario(), directory));
    }

    @Test
    void theCatalogue() throws Exception {
        assertGenerated(SCENARIOS, "catalogue", CatalogueReference.text(SHIPPED));
    }

    private static void assertGenerated(Path page, String part, String text) throws IOException {
        String begin = "<!-- " + part + " -->\n";
        String end = "<!-- end of " + part + " -->";
        String found = Files.readString(page);
        int from = found.indexOf(begin) + begin.length();
        int to = found.indexOf(end);
        assertThat(from).as("%s has the mark %s", page, begin).isGreaterThanOrEqualTo(begin.length());
        assertThat(to).as("%s has the mark %s", page, end).isGreaterThanOrEqualTo(from);
        String wanted = "\n" + text + "\n";
        if ("write".equals(System.getenv("PITRPROOF_DOCS"))) {
            Files.writeString(page, found.substring(0, from) + wanted + found.substring(to));
            return;
        }
        assertThat(found.substring(from, to))
                .as(
                        "%s is stale: write it anew by%n  PITRPROOF_DOCS=write mvn -pl harness -am test"
                                + " -Dtest=GeneratedPagesTest -Dsurefire.failIfNoSpecifiedTests=false",
                        page.normalize())
                .isEqualTo(wanted);
    }
}
