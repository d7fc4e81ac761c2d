package dev.pitrproof.scenario;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** One mapping of the file, its keys checked against a {@link Shape}. What cannot be read is a problem, and null here. */
final class Section {

    private final Reading reading;
    private final Shape shape;
    private final Position position;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> misspelt = new HashSet<>();
    private boolean hasForeignKeys;

    private Section(Reading reading, Shape shape, Position position) {
        this.reading = reading;
        this.shape = shape;
        this.position = position;
    }

    /** Null, and a problem, if the node is no mapping. */
    static @Nullable Section read(Reading reading, Node node, Shape shape) {
        if (!(node instanceof MappingNode mapping)) {
            reading.problem(
                    node,
                    Reading.found(node, shape.label()) + ", expected a mapping with " + Wording.anyOf(shape.keys()),
                    Wording.forExample(shape.label()));
            return null;
        }
        Section section = new Section(reading, shape, reading.position(node));
        mapping.getValue().forEach(section::add);
        section.checkRequired();
        return section;
    }

    private void add(NodeTuple entry) {
        String key = reading.keyOf(entry, shape.label());
        if (key == null) {
            hasForeignKeys = true;
        } else if (!shape.keys().contains(key)) {
            hasForeignKeys = true;
            Wording.nearest(key, shape.keys()).ifPresent(misspelt::add);
            reading.problem(
                    entry.getKeyNode(),
                    "unknown key " + Wording.quoted(key) + " in " + shape.label() + ", expected "
                            + Wording.anyOf(shape.keys()),
                    isRestOfValue(entry)
                            ? "quote a value that holds \",\", for a comma in braces begins the next key"
                            : Wording.didYouMean(key, shape.keys()));
        } else {
            reading.addOnce(entries, key, entry, shape.label());
        }
    }

    /** What stands behind a comma in braces has no value of its own. */
    private static boolean isRestOfValue(NodeTuple entry) {
        return entry.getKeyNode() instanceof ScalarNode key
                && key.getValue().contains(" ")
                && entry.getValueNode().getTag().equals(Tag.NULL);
    }

    /** A misspelt key is reported once, as unknown, and not again as missing. */
    private void checkRequired() {
        shape.required().forEach(this::require);
    }

    /** Reports a key that is not there, though here it has to be. */
    void require(String key) {
        if (!entries.containsKey(key) && !misspelt.contains(key)) {
            reading.problem(
                    position, "missing key " + Wording.quoted(key) + " in " + shape.label(), Wording.exampleOf(key));
        }
    }

    Position position() {
        return position;
    }

    /** Whether the file has keys here that the language does not know, so that what is missing may be misspelt. */
    boolean hasForeignKeys() {
        return hasForeignKeys;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** The keys that are there, in the order of the file. */
    Set<String> keys() {
        return entries.keySet();
    }

    /** Where the key stands; the section itself if it is absent. */
    Position keyPosition(String key) {
        NodeTuple entry = entries.get(key);
        return entry == null ? position : reading.position(entry.getKeyNode());
    }

    /** Where the key's value stands; the section itself if the key is absent. */
    Position valuePosition(String key) {
        NodeTuple entry = entries.get(key);
        return entry == null ? position : reading.position(entry.getValueNode());
    }

    @Nullable
    Node value(String key) {
        NodeTuple entry = entries.get(key);
        return entry == null ? null : entry.getValueNode();
    }

    @Nullable
    Text text(String key) {
        Node value = value(key);
        return value == null ? null : reading.text(value, key);
    }

    @Nullable
    Text scalar(String key) {
        Node value = value(key);
        return value == null ? null : reading.scalar(value, key);
    }

    @Nullable
    Section section(String key, Shape inner) {
        Node value = value(key);
        return value == null ? null : read(reading, value, inner);
    }

    @Nullable
    List<Node> list(String key, String item) {
        Node value = value(key);
        return value == null ? null : reading.list(value, key, item);
    }
}
