package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema that editors use says what the reader says, and nothing that no shipped scenario shows. */
class ScenarioSchemaTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String text = schemaText();
    private final JsonNode root = JSON.readTree(text);
    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(text, InputFormat.JSON);

    static List<Path> shipped() {
        return Shipped.files();
    }

    static List<Path> seenBySchema() throws IOException {
        return defects("schema-sees");
    }

    static List<Path> missedBySchema() throws IOException {
        return defects("schema-misses").stream()
                .filter(ScenarioSchemaTest::isYaml)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void acceptsWhatShips(Path file) throws IOException {
        assertThat(errors(file)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seenBySchema")
    void refusesWhatASchemaCanKnow(Path file) throws IOException {
        assertThat(errors(file)).isNotEmpty();
    }

    /** Keeps the two folders of defects honest: what the schema learns to see moves over. */
    @ParameterizedTest
    @MethodSource("missedBySchema")
    void acceptsWhatOnlyTheReaderCanKnow(Path file) throws IOException {
        assertThat(errors(file)).isEmpty();
    }

    @Test
    void hasTheReadersKeys() {
        Map<String, Shape> shapes = Map.ofEntries(
                Map.entry("", Shape.SCENARIO),
                Map.entry("/properties/clock", Shape.CLOCK),
                Map.entry("/properties/source", Shape.SOURCE),
                Map.entry("/properties/source/properties/roles/items", Shape.ROLE),
                Map.entry("/$defs/step", Shape.STEP),
                Map.entry("/$defs/step/properties/base-backup", Shape.BASE_BACKUP),
                Map.entry("/$defs/step/properties/logical-backup", Shape.LOGICAL_BACKUP),
                Map.entry("/$defs/step/properties/workload", Shape.WORKLOAD),
                Map.entry("/$defs/step/properties/accident", Shape.ACCIDENT),
                Map.entry("/$defs/archiveDamage", Shape.ARCHIVE),
                Map.entry("/$defs/restore", Shape.RESTORE),
                Map.entry("/$defs/restore/properties/to", Shape.TARGET),
                Map.entry("/$defs/restore/properties/sweep", Shape.SWEEP),
                Map.entry("/$defs/restore/properties/with", Shape.WITH),
                Map.entry("/$defs/claim", Shape.CLAIM),
                Map.entry("/$defs/claim/properties/same-as", Shape.SAME_AS),
                Map.entry("/$defs/claim/properties/cluster-same-as", Shape.CLUSTER_SAME_AS),
                Map.entry("/$defs/claim/properties/query", Shape.QUERY));

        shapes.forEach((pointer, shape) -> {
            JsonNode node = root.at(pointer);
            assertThat(node.path("properties").propertyNames())
                    .as("keys of %s", shape.label())
                    .containsExactlyInAnyOrderElementsOf(shape.keys());
            assertThat(node.path("required").valueStream().map(JsonNode::asString))
                    .as("required keys of %s", shape.label())
                    .containsExactlyInAnyOrderElementsOf(shape.required());
            assertThat(node.path("additionalProperties").asBoolean(true))
                    .as("whether %s takes other keys", shape.label())
                    .isFalse();
        });
    }

    @Test
    void hasTheProofsFindingCodes() {
        JsonNode verdicts = root.at("/$defs/restore/properties/expect/anyOf/0/enum");

        assertThat(verdicts.valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of("PROVEN"),
                                Stream.of("REFUTED ", "UNPROVEN ").flatMap(verdict -> ExpectReader.CODES.stream()
                                        .map(verdict::concat)))
                        .toList());
    }

    @Test
    void explainsEveryKey() {
        Set<String> unexplained = new TreeSet<>();
        properties(root, "").forEach((path, property) -> {
            if (property.path("title").asString("").isBlank()
                    || property.path("description").asString("").isBlank()) {
                unexplained.add(path);
            }
        });

        assertThat(unexplained).isEmpty();
    }

    @Test
    void offersNoKeyThatNoShippedScenarioShows() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (Path file : Shipped.files()) {
            keys(Shipped.plainValues(file), "", shown);
        }

        assertThat(properties(root, "").keySet()).as("keys of the schema").isSubsetOf(shown);
        assertThat(shown).contains("/restore/prove/target-reached");
    }

    private Map<String, JsonNode> properties(JsonNode node, String path) {
        Map<String, JsonNode> found = new TreeMap<>();
        JsonNode target = node.has("$ref") ? root.at(node.get("$ref").asString().substring(1)) : node;
        target.path("properties").forEachEntry((name, property) -> {
            found.put(path + "/" + name, property);
            found.putAll(properties(property, path + "/" + name));
        });
        for (String inner : List.of("items", "anyOf")) {
            JsonNode branch = target.path(inner);
            (branch.isObject() ? Stream.of(branch) : branch.valueStream())
                    .forEach(each -> found.putAll(properties(each, path)));
        }
        return found;
    }

    private static void keys(Object value, String path, Set<String> found) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                found.add(path + "/" + key);
                keys(inner, path + "/" + key, found);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(item -> keys(item, path, found));
        } else {
            found.add(path + "/" + value);
        }
    }

    private List<String> errors(Path file) throws IOException {
        String json = JSON.writeValueAsString(Shipped.plainValues(file));
        return schema.validate(json, InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    /** What is no YAML never gets as far as the schema. */
    private static boolean isYaml(Path file) {
        try {
            Shipped.plainValues(file);
            return true;
        } catch (YamlEngineException | IllegalArgumentException | IOException noYaml) {
            return false;
        }
    }

    private static List<Path> defects(String folder) throws IOException {
        try (Stream<Path> files = Files.list(ScenarioDefectsTest.DEFECTS.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    private static String schemaText() {
        try (InputStream in = ScenarioReader.class.getResourceAsStream("scenario-v1.schema.json")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
