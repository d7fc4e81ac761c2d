package dev.pitrproof.lab;

import dev.pitrproof.fault.RestoreFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads a lesson: a YAML file that {@code lesson-v1.schema.json} describes. The first mistake ends it, with its place.
 */
final class LessonReader {

    private static final Set<String> VERBS = Set.of("say", "choose", "type", "drill", "rehearse", "hunt");

    private final String file;

    private LessonReader(String file) {
        this.file = file;
    }

    /**
     * @param file its name, for messages
     * @throws LessonMistake at the first thing that a lesson cannot have
     */
    static Lesson read(String file, String text) {
        return new LessonReader(file).read(text);
    }

    private Lesson read(String text) {
        try {
            Node root = new Compose(LoadSettings.builder().build())
                    .composeString(text)
                    .orElseThrow(() -> new LessonMistake(file, "found nothing, expected a lesson"));
            Map<String, Node> keys =
                    mapping(root, "a lesson", Set.of("lesson", "title", "about", "scenario", "steps"), Set.of());
            List<Lesson.Step> steps = new ArrayList<>();
            for (Node step : list(required(keys, "steps", root))) {
                steps.add(step(step));
            }
            return new Lesson(
                    scalar(required(keys, "lesson", root)),
                    scalar(required(keys, "title", root)),
                    scalar(required(keys, "about", root)),
                    scalar(required(keys, "scenario", root)),
                    steps);
        } catch (MarkedYamlEngineException e) {
            String place = e.getProblemMark()
                    .map(mark -> ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                    .orElse("");
            throw new LessonMistake(file + place, e.getProblem());
        } catch (YamlEngineException e) {
            throw new LessonMistake(file, String.valueOf(e.getMessage()));
        }
    }

    private Lesson.Step step(Node node) {
        Map<String, Node> verb = mapping(node, "a step", Set.of(), VERBS);
        if (verb.size() != 1) {
            throw mistake(
                    node,
                    "found " + verb.size() + " verbs in a step, expected one of "
                            + VERBS.stream().sorted().toList());
        }
        Map.Entry<String, Node> entry = verb.entrySet().iterator().next();
        Node value = entry.getValue();
        return switch (entry.getKey()) {
            case "say" -> new Lesson.Say(scalar(value));
            case "choose" -> choose(value);
            case "type" -> type(value);
            case "drill" ->
                new Lesson.Drill(list(value).stream().map(this::number).toList());
            case "rehearse" -> rehearse(value);
            case "hunt" -> new Lesson.Hunt(number(value));
            default -> throw mistake(node, "found no verb");
        };
    }

    private Lesson.Step choose(Node node) {
        Map<String, Node> keys =
                mapping(node, "choose", Set.of("question", "choices", "because"), Set.of("right", "decided-by"));
        Node decidedBy = keys.get("decided-by");
        Node right = keys.get("right");
        if ((decidedBy == null) == (right == null)) {
            throw mistake(node, "expected either right: or decided-by: in choose");
        }
        List<Lesson.Choice> choices = new ArrayList<>();
        for (Node choice : list(required(keys, "choices", node))) {
            if (decidedBy == null) {
                choices.add(new Lesson.Choice(scalar(choice), null));
            } else {
                Map<String, Node> parts = mapping(choice, "a choice", Set.of("text", "when"), Set.of());
                choices.add(new Lesson.Choice(
                        scalar(required(parts, "text", choice)), scalar(required(parts, "when", choice))));
            }
        }
        int number = right == null ? 0 : number(right);
        if (right != null && (number < 1 || number > choices.size())) {
            throw mistake(right, "right is " + number + ", expected 1 to " + choices.size());
        }
        return new Lesson.Choose(
                scalar(required(keys, "question", node)),
                choices,
                decidedBy == null ? null : scalar(decidedBy),
                number,
                scalar(required(keys, "because", node)));
    }

    private Lesson.Step type(Node node) {
        Map<String, Node> keys = mapping(node, "type", Set.of("question", "value", "because"), Set.of());
        return new Lesson.Type(
                scalar(required(keys, "question", node)),
                scalar(required(keys, "value", node)),
                scalar(required(keys, "because", node)));
    }

    private Lesson.Step rehearse(Node node) {
        Map<String, Node> keys = mapping(node, "rehearse", Set.of("restore", "fault"), Set.of());
        Node fault = required(keys, "fault", node);
        String name = scalar(fault);
        return new Lesson.Rehearse(
                number(required(keys, "restore", node)),
                Arrays.stream(RestoreFault.values())
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> mistake(
                                fault,
                                "fault is " + name + ", expected one of "
                                        + Arrays.stream(RestoreFault.values())
                                                .map(RestoreFault::name)
                                                .collect(Collectors.joining(", ")))));
    }

    private Map<String, Node> mapping(Node node, String what, Set<String> required, Set<String> optional) {
        if (!(node instanceof MappingNode mapping)) {
            throw mistake(node, "expected " + what + " to be a mapping");
        }
        Map<String, Node> keys = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = scalar(tuple.getKeyNode());
            if (!required.contains(key) && !optional.contains(key)) {
                throw mistake(tuple.getKeyNode(), "unknown key \"" + key + "\" in " + what);
            }
            if (keys.put(key, tuple.getValueNode()) != null) {
                throw mistake(tuple.getKeyNode(), "key \"" + key + "\" stands twice in " + what);
            }
        }
        for (String key : required) {
            required(keys, key, node);
        }
        return keys;
    }

    private Node required(Map<String, Node> keys, String key, Node where) {
        @Nullable Node value = keys.get(key);
        if (value == null) {
            throw mistake(where, "missing key \"" + key + "\"");
        }
        return value;
    }

    private List<Node> list(Node node) {
        if (!(node instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
            throw mistake(node, "expected a list with something in it");
        }
        return sequence.getValue();
    }

    private String scalar(Node node) {
        if (!(node instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
            throw mistake(node, "expected a text");
        }
        return scalar.getValue().strip();
    }

    private int number(Node node) {
        String text = scalar(node);
        if (!text.matches("[1-9][0-9]?")) {
            throw mistake(node, "found \"" + text + "\", expected a number");
        }
        return Integer.parseInt(text);
    }

    private LessonMistake mistake(Node node, String message) {
        String place = node.getStartMark()
                .map(mark -> ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                .orElse("");
        return new LessonMistake(file + place, message);
    }
}
