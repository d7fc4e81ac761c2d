package dev.pitrproof.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The reading of one file: its variables, and the problems found so far. */
final class Reading {

    /** More than anyone reads in one go. */
    static final int PROBLEMS_MAX = 100;

    /** A value that is nothing but a variable, without quotes, has a tag of its own; what is empty is refused as such. */
    private static final Set<Tag> TEXTS = Set.of(Tag.STR, Tag.NULL, Tag.ENV_TAG);

    /** What word processors make of quotes, which to YAML are letters. */
    private static final Pattern CURLY = Pattern.compile("^[\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb]");

    private final Path file;
    private final FileKind kind;
    private final Variables variables = new Variables();
    private final List<Problem> problems = new ArrayList<>();
    private int problemsLeftOut;

    Reading(Path file, FileKind kind) {
        this.file = file;
        this.kind = kind;
    }

    FileKind kind() {
        return kind;
    }

    Path file() {
        return file;
    }

    Variables variables() {
        return variables;
    }

    Position position(Node node) {
        return node.getStartMark().map(this::position).orElse(Position.of(file));
    }

    Position position(Mark mark) {
        return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    void problem(Position position, String message, @Nullable String hint) {
        if (problems.size() < PROBLEMS_MAX) {
            problems.add(new Problem(position, message, hint));
        } else {
            problemsLeftOut++;
        }
    }

    void problem(Node node, String message, @Nullable String hint) {
        problem(position(node), message, hint);
    }

    /** Ends the reading if anything was found, with all of it in the order of the file. */
    void throwIfAny() throws InvalidScenario {
        if (!problems.isEmpty()) {
            throw invalid();
        }
    }

    InvalidScenario invalid() {
        Comparator<Position> byPlace = Comparator.comparingInt(Position::line).thenComparingInt(Position::column);
        List<Problem> sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparing(Problem::position, byPlace));
        if (problemsLeftOut > 0) {
            sorted.add(new Problem(Position.of(file), problemsLeftOut + " more problems, left out here", null));
        }
        return new InvalidScenario(sorted);
    }

    /** The items of a list; null, and a problem, if the node is none. */
    @Nullable
    List<Node> list(Node node, String name, String item) {
        if (node instanceof SequenceNode sequence) {
            if (sequence.getValue().isEmpty()) {
                problem(node, name + " is empty, expected at least one " + item, Wording.exampleOf(name));
            }
            return sequence.getValue();
        }
        problem(node, found(node, name) + ", expected a list", "begin each " + item + " with \"- \"");
        return null;
    }

    /** A text; null, and a problem, if the node is a number, a truth value or no scalar at all. */
    @Nullable
    Text text(Node node, String name) {
        if (!(node instanceof ScalarNode scalar)) {
            problem(node, found(node, name) + ", expected a text", Wording.forExample(name));
            return null;
        }
        if (!TEXTS.contains(scalar.getTag())) {
            problem(
                    node,
                    name + " is the " + kindOf(scalar) + " " + scalar.getValue() + ", expected a text",
                    "write it in quotes: \"" + scalar.getValue() + "\"");
            return null;
        }
        return scalar(node, name);
    }

    /** A scalar of any type, as text. */
    @Nullable
    Text scalar(Node node, String name) {
        if (!(node instanceof ScalarNode scalar) || node.getTag().equals(Tag.NULL)) {
            problem(
                    node,
                    found(node, name) + ", expected a value",
                    node instanceof ScalarNode ? Wording.exampleOf(name) : Wording.forExample(name));
            return null;
        }
        String filled = fill(scalar);
        if (filled == null) {
            return null;
        }
        if (filled.isBlank()) {
            problem(node, name + " is empty, expected a value", Wording.exampleOf(name));
            return null;
        }
        return new Text(filled, position(node));
    }

    /** A scalar of any type, as it stands, in which no variable may be named. */
    @Nullable
    Text plain(Node node, String name) {
        if (node instanceof ScalarNode scalar && scalar.getValue().contains("${")) {
            problem(node, "found a variable in the value of " + name + ", expected a plain value", null);
            return null;
        }
        return scalar(node, name);
    }

    private @Nullable String fill(ScalarNode scalar) {
        try {
            return variables.fill(scalar.getValue());
        } catch (Variables.UnknownVariable unknown) {
            String guess = Wording.didYouMean(unknown.name(), variables.known());
            problem(
                    scalar,
                    unknown.getMessage() + ", expected one from vars: or --set",
                    guess != null ? guess : "write $${ for a plain ${");
        } catch (IllegalArgumentException malformed) {
            problem(scalar, String.valueOf(malformed.getMessage()), "write $${ for a plain ${");
        }
        return null;
    }

    /** What {@code parser} makes of the text; null, and its complaint as a problem, if it refuses. */
    <T> @Nullable T parsed(@Nullable Text text, Function<String, T> parser) {
        if (text == null) {
            return null;
        }
        try {
            return parser.apply(text.value());
        } catch (IllegalArgumentException refused) {
            problem(
                    text.position(),
                    String.valueOf(refused.getMessage()),
                    CURLY.matcher(text.value()).find() ? "write straight quotes, as on a keyboard" : null);
            return null;
        }
    }

    /** The names and values of a mapping whose keys are the author's own; null, and a problem, if the node is none. */
    @Nullable
    Map<String, NodeTuple> mapping(Node node, String name) {
        if (!(node instanceof MappingNode mapping)) {
            problem(node, found(node, name) + ", expected a mapping of names to values", null);
            return null;
        }
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = keyOf(entry, name);
            if (key != null) {
                addOnce(entries, key, entry, name);
            }
        }
        return entries;
    }

    @Nullable
    String keyOf(NodeTuple entry, String name) {
        if (entry.getKeyNode() instanceof ScalarNode key) {
            return key.getValue();
        }
        problem(entry.getKeyNode(), found(entry.getKeyNode(), "a key of " + name) + ", expected a text", null);
        return null;
    }

    void addOnce(Map<String, NodeTuple> entries, String key, NodeTuple entry, String name) {
        NodeTuple first = entries.putIfAbsent(key, entry);
        if (first != null) {
            problem(
                    entry.getKeyNode(),
                    "key " + Wording.quoted(key) + " stands twice in " + name + ", expected it once",
                    "the first is in line " + position(first.getKeyNode()).line());
        }
    }

    /** {@code NAME is a list}, or empty, and so on. */
    static String found(Node node, String name) {
        if (node instanceof MappingNode) {
            return name + " is a mapping";
        }
        if (node instanceof SequenceNode) {
            return name + " is a list";
        }
        ScalarNode scalar = (ScalarNode) node;
        return node.getTag().equals(Tag.NULL)
                ? name + " is empty"
                : name + " is the " + kindOf(scalar) + " " + Wording.quoted(scalar.getValue());
    }

    private static String kindOf(ScalarNode scalar) {
        if (scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT)) {
            return "number";
        }
        return scalar.getTag().equals(Tag.BOOL) ? "truth value" : "text";
    }
}
