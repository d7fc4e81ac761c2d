package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.scenario.ClaimsFile;
import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the documentation tells people to type, to write and to read is there. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class DocumentationTest {

    private static final Pattern CALL = Pattern.compile("(?:^|[\\s(])\\./pitrproof (.*)");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)|(\\s+)");
    private static final Pattern SCRIPT = Pattern.compile("(?m)^((?:bench|scenarios|\\.ci)/[^\\s.]+)(?=\\s|$)");
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    @TempDir
    Path directory;

    @Test
    void everyCommandLineParses() throws IOException {
        List<List<String>> calls = new ArrayList<>();
        for (Pages.Block block : Pages.blocks()) {
            if (block.kind().equals("sh")) {
                calls.addAll(calls(block.text()));
            }
        }

        assertThat(calls).as("the test does find them").hasSizeGreaterThanOrEqualTo(10);
        for (List<String> call : calls) {
            assertThatCode(() -> parse(call)).as(String.join(" ", call)).doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> parse(List.of("run", "--no-such-flag")))
                .isInstanceOf(UnmatchedArgumentException.class);
    }

    private static void parse(List<String> call) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        Main.commandLine(nowhere, nowhere).parseArgs(call.toArray(String[]::new));
    }

    /** The words behind each {@code ./pitrproof}, as a shell takes them apart. */
    private static List<List<String>> calls(String text) {
        List<List<String>> calls = new ArrayList<>();
        for (String line : text.replace("\\\n", " ").lines().toList()) {
            Matcher call = CALL.matcher(line);
            if (call.find()) {
                calls.add(words(call.group(1)));
            }
        }
        return calls;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            String plain = matcher.group(3);
            if (plain != null && word.isEmpty() && plain.matches("[#>|&;].*")) {
                break;
            }
            if (matcher.group(4) == null) {
                String part = matcher.group(1) != null
                        ? matcher.group(1)
                        : matcher.group(2) != null ? matcher.group(2) : plain;
                word.append(
                        part.replaceAll("\\$\\{?\\w+}?|\\$\\(\\(.*?\\)\\)", "1").replaceFirst("\\)$", ""));
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /** What a project is told to depend on is what this one is. */
    @Test
    void everyDependencyIsThisProject() throws IOException {
        String parent = Files.readString(Path.of("..", "pom.xml"));
        int dependencies = 0;
        for (Pages.Block block : Pages.blocks()) {
            if (block.kind().equals("xml")) {
                dependencies++;
                Matcher version = Pattern.compile("<version>.*</version>").matcher(block.text());
                assertThat(version.find()).as(block.text()).isTrue();
                assertThat(parent)
                        .contains("<groupId>dev.pitrproof</groupId>\n  <artifactId>pitrproof-parent</artifactId>\n  "
                                + version.group());
                assertThat(block.text())
                        .contains("<groupId>dev.pitrproof</groupId>", "<artifactId>harness</artifactId>");
            }
        }
        assertThat(dependencies).isPositive();
    }

    @Test
    void everyScriptIsThere() throws IOException {
        List<String> scripts = new ArrayList<>();
        for (Pages.Block block : Pages.blocks()) {
            if (block.kind().equals("sh")) {
                SCRIPT.matcher(block.text()).results().forEach(script -> scripts.add(script.group(1)));
            }
        }

        assertThat(scripts).contains("scenarios/images/build");
        assertThat(scripts)
                .allSatisfy(script -> assertThat(Path.of("..", script)).isExecutable());
    }

    @Test
    void everyYamlIsWhatItSaysItIs() throws IOException, InvalidScenario {
        int scenarios = 0;
        for (Pages.Block block : Pages.blocks()) {
            switch (block.kind()) {
                case "yaml" -> {
                    read(block.text());
                    scenarios++;
                }
                case "yaml fragment of restore" -> read(Pages.firstScenario() + block.text());
                case "yaml claims" ->
                    ClaimsFile.read(Files.writeString(directory.resolve("claims.yaml"), block.text()));
                default -> {
                    if (block.kind().startsWith("yaml")) {
                        assertThat(new Load(LoadSettings.builder().build()).loadFromString(block.text()))
                                .as(block.text())
                                .satisfiesAnyOf(it -> assertThat(it).isNotNull(), it -> assertThat(block.text())
                                        .startsWith("#"));
                    }
                }
            }
        }
        assertThat(scenarios).isPositive();
    }

    private void read(String scenario) throws IOException, InvalidScenario {
        assertThat(ScenarioReader.read(Files.writeString(directory.resolve("scenario.yaml"), scenario))
                        .restores())
                .isNotEmpty();
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        int links = 0;
        for (Path page : Pages.all()) {
            Matcher link = LINK.matcher(withoutCode(Files.readString(page)));
            while (link.find()) {
                links++;
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                assertThat(target).as("%s: %s", page, link.group()).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target)).as("%s: %s", page, link.group()).contains(link.group(2));
                }
            }
        }
        assertThat(links).as("the test does find them").isGreaterThan(20);
    }

    private static String withoutCode(String text) {
        return text.replaceAll("(?ms)^```.*?^```$", "");
    }

    /** The names that headings have as targets of links, on the forges that show these pages. */
    private static List<String> anchors(Path page) throws IOException {
        return HEADING.matcher(withoutCode(Files.readString(page)))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void theFirstPageIsOneScreen() throws IOException {
        assertThat(Files.readAllLines(Path.of("..", "README.md"))).hasSizeLessThanOrEqualTo(90);
    }
}
