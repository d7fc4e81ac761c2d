package dev.pitrproof.cli;

import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table of every key of the language: from the JSON Schema, with an example that the schema or else a shipped
 * scenario has.
 */
final class KeyReference {

    private static final int EXAMPLE_MAX = 70;

    private final JsonNode root;
    private final Map<String, String> shipped = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();

    private KeyReference(JsonNode root) {
        this.root = root;
    }

    /** @param scenarios to take examples from */
    static String text(List<Path> scenarios) throws IOException {
        try (InputStream schema = ScenarioReader.class.getResourceAsStream("scenario-v1.schema.json")) {
            KeyReference reference =
                    new KeyReference(JsonMapper.shared().readTree(Objects.requireNonNull(schema, "the schema")));
            for (Path file : scenarios) {
                Object content = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
                reference.learn("", content);
            }
            reference.section("A scenario", "", reference.root);
            return reference.text.toString().stripTrailing() + "\n";
        }
    }

    /** Remembers the shortest example of each key. */
    private void learn(String path, @Nullable Object value) {
        if (!path.isEmpty()) {
            shipped.merge(path, YamlExample.of(value), (one, other) -> one.length() <= other.length() ? one : other);
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, of) -> learn(path + "." + key, of));
        } else if (value instanceof List<?> list) {
            list.forEach(element -> learn(path + "[]", element));
        }
    }

    /** One table, and then the tables of what is below. */
    private void section(String title, String path, JsonNode node) {
        Map<String, JsonNode> keys = new LinkedHashMap<>();
        Set<String> required = new LinkedHashSet<>();
        collect(node, keys, required);
        text.append("### ").append(title).append("\n\n| key | what it says | example |\n|---|---|---|\n");
        keys.forEach((key, schema) -> row(key, path + "." + key, schema, required.contains(key)));
        text.append('\n');
        keys.forEach((key, schema) -> below("`" + key + "`", path + "." + key, schema));
    }

    private void below(String title, String path, JsonNode schema) {
        Map<String, JsonNode> keys = new LinkedHashMap<>();
        collect(schema, keys, new LinkedHashSet<>());
        JsonNode items = schema.path("items");
        if (!keys.isEmpty()) {
            section(title, path, schema);
        } else if (items.isObject()) {
            below("Each entry of " + title, path + "[]", items);
        }
    }

    /** The keys that an object may have, in whichever of its alternatives. */
    private void collect(JsonNode node, Map<String, JsonNode> keys, Set<String> required) {
        node.path("properties").properties().forEach(entry -> keys.putIfAbsent(entry.getKey(), entry.getValue()));
        node.path("required").forEach(name -> required.add(name.asString()));
        if (node.has("$ref")) {
            collect(target(node), keys, required);
        }
        for (JsonNode alternative : node.path("anyOf")) {
            collect(alternative, keys, new LinkedHashSet<>());
        }
    }

    private JsonNode target(JsonNode node) {
        return root.at(node.path("$ref").asString().substring(1));
    }

    private void row(String key, String path, JsonNode schema, boolean isRequired) {
        List<String> says = new ArrayList<>();
        String description = description(schema);
        says.add(description.isEmpty() ? schema.path("title").asString() + "." : description);
        List<String> values = values(schema);
        if (values.size() > 1 && values.size() <= 12) {
            says.add("One of " + values.stream().map(value -> "`" + value + "`").collect(Collectors.joining(", "))
                    + ".");
        }
        if (schema.has("default")) {
            says.add("Default: `" + YamlExample.of(plain(schema.path("default"))) + "`.");
        }
        if (isRequired) {
            says.add("**Required.**");
        }
        text.append("| `")
                .append(key)
                .append("` | ")
                .append(String.join(" ", says).replace("|", "\\|"))
                .append(" | `")
                .append(example(key, path, schema, values).replace("|", "\\|"))
                .append("` |\n");
    }

    private String description(JsonNode schema) {
        String own = schema.path("description").asString("");
        String type = schema.has("$ref") ? target(schema).path("description").asString("") : "";
        return own.isEmpty() || type.isEmpty() || own.contains(type) ? own + type : own + " " + type;
    }

    /** The words that a value is one of. */
    private List<String> values(JsonNode schema) {
        List<String> values = new ArrayList<>();
        schema.path("enum").forEach(value -> values.add(value.asString()));
        if (schema.has("const")) {
            values.add(schema.path("const").asString());
        }
        if (schema.has("$ref")) {
            values.addAll(values(target(schema)));
        }
        schema.path("anyOf").forEach(alternative -> values.addAll(values(alternative)));
        return values;
    }

    private String example(String key, String path, JsonNode schema, List<String> values) {
        String value = shipped.get(path);
        JsonNode examples = schema.path("examples");
        if (!examples.isEmpty()) {
            value = YamlExample.of(plain(examples.get(examples.size() - 1)));
        } else if (value == null && schema.has("default")) {
            value = YamlExample.of(plain(schema.path("default")));
        } else if (value == null && !values.isEmpty()) {
            value = values.get(0);
        }
        if (value == null) {
            throw new IllegalStateException("no example of the key " + path
                    + ": expected it in a shipped scenario, or \"examples\" of it in the JSON Schema");
        }
        String line = key + ": " + value;
        return line.length() <= EXAMPLE_MAX
                ? line
                : line.substring(0, EXAMPLE_MAX - 1).strip() + "…";
    }

    private static Object plain(JsonNode node) {
        return JsonMapper.shared().convertValue(node, Object.class);
    }
}
