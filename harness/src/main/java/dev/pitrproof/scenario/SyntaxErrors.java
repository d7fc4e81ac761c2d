package dev.pitrproof.scenario;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Turns what a YAML parser complains about into one line for people who did not mean to write YAML's grammar. */
final class SyntaxErrors {

    private static final String INDENTATION =
            "indent with spaces, keys of one mapping alike, and close each quote and bracket";

    /** What the parser says, by its beginning, and what we say instead. */
    private static final Map<String, Explanation> EXPLANATIONS = Map.of(
            "found character '\\t(TAB)' that cannot start any token",
            new Explanation("found a tab, expected spaces", "YAML is indented with spaces, never with tabs"),
            "mapping values are not allowed here",
            new Explanation(
                    "found a \":\" where no key can stand, expected one key and its value on a line",
                    "quote a value that holds \": \", and give keys of one mapping the same indentation"),
            "expected <block end>, but found '<block mapping start>'",
            new Explanation(
                    "found a key with another indentation than the keys before it, expected the same",
                    "give keys of one mapping the same indentation, in spaces"),
            "expected <block end>, but found '<block sequence start>'",
            new Explanation(
                    "found \"- \" with another indentation than its neighbours, expected the same",
                    "give items of one list the same indentation, in spaces"),
            "expected <block end>, but found '-'",
            new Explanation(
                    "found \"- \" among the keys of a mapping, expected a key",
                    "give items of one list the same indentation, in spaces"),
            "could not find expected ':'",
            new Explanation("found a line without \":\", expected a key and its value", INDENTATION),
            "found unexpected end of stream",
            new Explanation("found the end of the file inside quotes, expected the closing quote", INDENTATION));

    private record Explanation(String message, @Nullable String hint) {}

    private SyntaxErrors() {}

    static Problem explain(YamlEngineException malformed, Reading reading, String text) {
        if (malformed instanceof MarkedYamlEngineException marked) {
            Position position = marked.getProblemMark()
                    .or(marked::getContextMark)
                    .map(reading::position)
                    .orElse(Position.of(reading.file()));
            Explanation explanation = explanationOf(marked);
            return new Problem(position, explanation.message(), explanation.hint());
        }
        if (malformed instanceof ReaderException unprintable) {
            int index = Math.min(unprintable.getPosition(), text.codePointCount(0, text.length()));
            return new Problem(
                    positionBehind(text.substring(0, text.offsetByCodePoints(0, index)), reading.file()),
                    String.format(
                            Locale.ROOT,
                            "found the character U+%04X, expected only printable ones",
                            unprintable.getCodePoint()),
                    null);
        }
        return new Problem(Position.of(reading.file()), "file is no YAML: " + Wording.oneLine(malformed), INDENTATION);
    }

    private static Explanation explanationOf(MarkedYamlEngineException marked) {
        String problem = String.valueOf(marked.getProblem());
        for (Map.Entry<String, Explanation> entry : EXPLANATIONS.entrySet()) {
            if (problem.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        String context = marked.getContext();
        return new Explanation(
                "found no valid YAML: " + (context == null ? "" : Wording.oneLine(context) + ", ")
                        + Wording.oneLine(problem),
                INDENTATION);
    }

    /** The place right behind {@code text}. */
    static Position positionBehind(String text, Path file) {
        int lineStart = text.lastIndexOf('\n') + 1;
        int line = 1 + (int) text.chars().filter(character -> character == '\n').count();
        return new Position(file, line, 1 + text.codePointCount(lineStart, text.length()));
    }
}
