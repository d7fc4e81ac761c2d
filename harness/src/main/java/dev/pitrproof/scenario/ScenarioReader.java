package dev.pitrproof.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/**
 * Reads a scenario file, a YAML 1.2 document in UTF-8 of at most 256 kB whose language scenario-v1.schema.json describes.
 *
 * <p>A file that can be parsed is checked to its end, so that one run reports every mistake. What only a server knows,
 * such as whether a table exists, is not checked here.
 */
public final class ScenarioReader {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern VERSIONS = Pattern.compile("(\\d{1,4})(?:\\s*-\\s*(\\d{1,4}))?");

    private final Reading reading;

    private ScenarioReader(Path file) {
        this.reading = new Reading(file, FileKind.SCENARIO);
    }

    /**
     * Reads a file whose variables all have values of its own.
     *
     * @throws InvalidScenario with everything that is wrong with it
     */
    public static Scenario read(Path file) throws InvalidScenario {
        return read(file, Map.of());
    }

    /**
     * Reads a file.
     *
     * @param settings values of variables, by name; they win over those that the file declares
     * @throws InvalidScenario with everything that is wrong with it
     */
    public static Scenario read(Path file, Map<String, String> settings) throws InvalidScenario {
        ScenarioReader reader = new ScenarioReader(file);
        reader.reading.variables().set(settings);
        return reader.read();
    }

    private Scenario read() throws InvalidScenario {
        Section root = Section.read(reading, YamlFile.compose(reading), Shape.SCENARIO);
        if (root == null) {
            throw reading.invalid();
        }
        variables(root);
        String name = name(root.text("scenario"), "scenario");
        Text about = root.text("about");
        List<String> tags = tags(root);
        MajorRange named = reading.parsed(root.scalar("postgres"), ScenarioReader::versions);
        MajorRange postgres = named == null ? MajorRange.SUPPORTED : named;
        StoryClock clock = clock(root);
        Source source = new SourceReader(reading).read(root);
        StoryReader storyReader = new StoryReader(reading, clock, source, postgres);
        List<Step> story = storyReader.read(root);
        List<Restore> restores = new RestoreReader(reading, clock, storyReader.index(), source, postgres).read(root);
        reading.throwIfAny();
        if (name == null || clock == null || source == null) {
            throw new IllegalStateException(reading.file() + " was read without a problem and yet not whole");
        }
        return new Scenario(
                reading.file(),
                name,
                about == null ? null : about.value(),
                tags,
                postgres,
                clock,
                source,
                story,
                restores,
                reading.variables().names());
    }

    private void variables(Section root) {
        for (Map.Entry<String, NodeTuple> entry : mapping(root, "vars").entrySet()) {
            NodeTuple tuple = entry.getValue();
            if (!Variables.NAME.matcher(entry.getKey()).matches()) {
                reading.problem(
                        tuple.getKeyNode(),
                        "variable is named " + Wording.quoted(entry.getKey())
                                + ", expected a letter, then letters, digits, \"_\" and \"-\"",
                        null);
            }
            Text value = reading.plain(tuple.getValueNode(), entry.getKey());
            if (value != null) {
                reading.variables().declare(entry.getKey(), value.value());
            }
        }
    }

    private Map<String, NodeTuple> mapping(Section section, String key) {
        Node node = section.value(key);
        Map<String, NodeTuple> entries = node == null ? null : reading.mapping(node, key);
        return entries == null ? Map.of() : entries;
    }

    private @Nullable String name(@Nullable Text text, String what) {
        if (text != null && !NAME.matcher(text.value()).matches()) {
            reading.problem(
                    text.position(),
                    what + " is " + Wording.quoted(text.value())
                            + ", expected lower case letters, digits and \"-\", at most 63 of them",
                    null);
            return null;
        }
        return text == null ? null : text.value();
    }

    private List<String> tags(Section root) {
        List<String> tags = new ArrayList<>();
        List<Node> nodes = root.list("tags", "tag");
        for (Node node : nodes == null ? List.<Node>of() : nodes) {
            String tag = name(reading.text(node, "tag"), "tag");
            if (tag != null) {
                tags.add(tag);
            }
        }
        return tags;
    }

    private static MajorRange versions(String text) {
        MajorRange supported = MajorRange.SUPPORTED;
        Matcher matcher = VERSIONS.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("postgres is " + Wording.quoted(text)
                    + ", expected a major version or a range of them, such as 17 or " + supported);
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
        if (first > last || !supported.contains(first) || !supported.contains(last)) {
            throw new IllegalArgumentException("postgres is " + Wording.quoted(text) + ", expected versions from "
                    + supported.first() + " to " + supported.last());
        }
        return new MajorRange(first, last);
    }

    private @Nullable StoryClock clock(Section root) {
        Section clock = root.section("clock", Shape.CLOCK);
        if (clock == null) {
            return null;
        }
        StoryTime from = reading.parsed(clock.scalar("from"), StoryTime::parse);
        StoryTime to = reading.parsed(clock.scalar("to"), StoryTime::parse);
        Duration lasts = reading.parsed(clock.scalar("lasts"), Durations::parsePositive);
        if (from == null || to == null) {
            return null;
        }
        if (!from.isBefore(to)) {
            reading.problem(
                    clock.valuePosition("to"),
                    "clock goes from " + from + " to " + to + ", expected a later end",
                    "the day after the first is written \"1d 02:00\"");
            return null;
        }
        // the story is checked against the clock's ends even where its length cannot be read
        return new StoryClock(from, to, lasts == null ? Duration.ofSeconds(1) : lasts);
    }
}
