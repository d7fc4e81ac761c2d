package dev.pitrproof.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lessons as their authors write them, and as their readers see them. */
class LessonReaderTest {

    private static final String LESSON = """
            lesson: one
            title: The first
            about: a lesson
            scenario: bad-update
            steps:
              - say: Once upon a time.
              - choose:
                  question: Which?
                  choices: [this, that]
                  right: 2
                  because: That is how it is.
              - drill: [1]
            """;

    @Test
    void aLessonIsReadWithAllItHas() {
        Lesson lesson = LessonReader.read("one.yaml", LESSON);

        assertThat(lesson.name()).isEqualTo("one");
        assertThat(lesson.scenario()).isEqualTo("bad-update");
        assertThat(lesson.steps())
                .containsExactly(
                        new Lesson.Say("Once upon a time."),
                        new Lesson.Choose(
                                "Which?",
                                List.of(new Lesson.Choice("this", null), new Lesson.Choice("that", null)),
                                null,
                                2,
                                "That is how it is."),
                        new Lesson.Drill(List.of(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "title: The first     | titel: The first     | one.yaml:2:1: unknown key \"titel\" in a lesson",
                "about: a lesson      | lesson: again        | one.yaml:3:1: key \"lesson\" stands twice in a lesson",
                "right: 2             | right: 3             | one.yaml:10:14: right is 3, expected 1 to 2",
                "right: 2             | right: that          | one.yaml:10:14: found \"that\", expected a number",
                "right: 2             | decided-by: 1.code   | one.yaml:9:17: expected a choice to be a mapping",
                "drill: [1]           | drill: []            | one.yaml:12:12: expected a list with something in it",
                "drill: [1]           | dril: [1]            | one.yaml:12:5: unknown key \"dril\" in a step",
                "drill: [1]           | rehearse: { restore: 1, fault: LATE } | one.yaml:12:36: fault is LATE, expected one of NO_SIGNAL_FILE",
                "because: That        | why: That            | one.yaml:11:7: unknown key \"why\" in choose",
                "choices: [this, that] | choices: [this,     | one.yaml:"
            })
    void aMistakeIsToldWithItsPlace(String good, String bad, String message) {
        assertThatThrownBy(() -> LessonReader.read("one.yaml", LESSON.replace(good.strip(), bad.strip())))
                .isInstanceOf(LessonMistake.class)
                .hasMessageStartingWith(message.strip());
    }

    @Test
    void eachShippedLessonHasAScenarioThatIsThere() throws Exception {
        Lessons lessons = Lessons.shipped();

        assertThat(lessons.all()).hasSizeGreaterThanOrEqualTo(6);
        assertThat(lessons.all()).allSatisfy(lesson -> {
            assertThat(Path.of("../scenarios/" + lesson.scenario() + ".yaml")).exists();
            assertThat(lesson.steps()).hasAtLeastOneElementOfType(Lesson.Drill.class);
        });
        assertThat(lessons.called("2")).contains("wal-archiving");
        assertThat(lessons.called("7")).isEmpty();
    }

    /** Editors complete by the schema, so it has to know what the reader knows. */
    @Test
    void theSchemaKnowsEveryKey() throws Exception {
        try (InputStream in =
                Objects.requireNonNull(LessonReader.class.getResourceAsStream("lesson-v1.schema.json"), "schema")) {
            JsonNode schema = JsonMapper.shared().readTree(in);

            assertThat(schema.at("/properties").propertyNames())
                    .containsExactlyInAnyOrder("lesson", "title", "about", "scenario", "steps");
            assertThat(schema.at("/properties/steps/items/properties").propertyNames())
                    .containsExactlyInAnyOrder("say", "choose", "type", "drill", "rehearse", "hunt");
        }
    }

    @Test
    void longTextIsBrokenWhereTheTerminalEnds() {
        StringWriter narrow = new StringWriter();
        StringWriter wide = new StringWriter();
        String text = """
                A server copies each WAL segment into an archive, by its archive_command, all day long.

                    000000010000000000000009
                """;

        new Page(new PrintWriter(narrow), 40, false).text(text);
        new Page(new PrintWriter(wide), 200, false).text(text);

        assertThat(narrow.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThan(40));
        assertThat(narrow.toString().lines()).contains("  A server copies each WAL segment into");
        assertThat(wide.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(78));
        assertThat(wide.toString().lines()).contains("    000000010000000000000009");
    }

    @Test
    void aLessonIsCalledAsItsFileIs() throws Exception {
        for (String file : Files.readAllLines(Path.of("src/main/resources/dev/pitrproof/lab/lessons.txt"))) {
            String text = Files.readString(
                    Path.of("src/main/resources/dev/pitrproof/lab").resolve(file), StandardCharsets.UTF_8);

            assertThat(LessonReader.read(file, text).name()).isEqualTo(file.replace(".yaml", ""));
        }
    }
}
