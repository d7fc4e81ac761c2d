package dev.pitrproof.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A file of one YAML 1.2 document, as nodes that know their places.
 *
 * <p>Aliases, anchors and tags are refused, and so is a file that is large or deeply nested: a scenario has no use for
 * them, and without them no file can unfold into more than it is.
 */
final class YamlFile {

    static final int BYTES_MAX = 1 << 18;
    private static final int DEPTH_MAX = 20;

    private final Reading reading;
    private Position last;
    private int documents;
    private int depth;

    private YamlFile(Reading reading) {
        this.reading = reading;
        this.last = Position.of(reading.file());
    }

    /** The document's root node. */
    static Node compose(Reading reading) throws InvalidScenario {
        String text = new YamlFile(reading).text();
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowNonScalarKeys(true)
                .build();
        YamlFile file = new YamlFile(reading);
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                file.last = event.getEndMark().map(reading::position).orElse(file.last);
                file.check(event);
                if (file.depth > DEPTH_MAX) {
                    break;
                }
            }
            reading.throwIfAny();
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isPresent()) {
                return root.get();
            }
        } catch (IllegalArgumentException escape) {
            // the parser lets this one through: new Parse(settings).parseString("\"\\UFFFFFFFF\"")
            throw failure(
                    file.last,
                    "found a value with an escape sequence that stands for no character, expected one from \\U00000000 to \\U0010FFFF",
                    "write \\\\ for a backslash in double quotes, or use single quotes");
        } catch (YamlEngineException malformed) {
            throw new InvalidScenario(List.of(SyntaxErrors.explain(malformed, reading, text)));
        }
        reading.problem(
                new Position(reading.file(), 1, 1),
                "file is empty, expected " + reading.kind().content(),
                reading.kind().howToBegin());
        throw reading.invalid();
    }

    private void check(Event event) {
        if (event instanceof AliasEvent alias) {
            problem(
                    event,
                    "found the alias *" + alias.getAlias() + ", expected a value",
                    "write the value out, or use vars:");
        } else if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            problem(
                    event,
                    "found the anchor &" + node.getAnchor().get() + ", expected a value",
                    "quote a value that begins with &");
        }
        Optional<String> tag = event instanceof ScalarEvent scalar
                ? scalar.getTag()
                : event instanceof CollectionStartEvent start ? start.getTag() : Optional.empty();
        tag.ifPresent(name -> problem(
                event,
                "found the tag " + Wording.quoted(name) + ", expected a value",
                "quote a value that begins with !"));
        if (event instanceof DocumentStartEvent && ++documents == 2) {
            problem(
                    event,
                    "found a second document, expected one "
                            + reading.kind().content().replaceFirst("^a ", "") + " in a file",
                    "give it a file of its own");
        }
        if (event instanceof CollectionStartEvent && ++depth == DEPTH_MAX + 1) {
            problem(
                    event,
                    "found a value nested deeper than " + DEPTH_MAX + " levels, expected "
                            + reading.kind().content(),
                    null);
        } else if (event instanceof CollectionEndEvent) {
            depth--;
        }
    }

    private void problem(Event event, String message, @Nullable String hint) {
        reading.problem(event.getStartMark().map(reading::position).orElse(Position.of(reading.file())), message, hint);
    }

    private String text() throws InvalidScenario {
        byte[] bytes = bytes();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException malformed) {
            String before = validPrefix(bytes);
            throw failure(
                    SyntaxErrors.positionBehind(before, reading.file()),
                    "found a byte that is not UTF-8, expected a text file in UTF-8",
                    "save the file as UTF-8");
        }
    }

    private static String validPrefix(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        return out.flip().toString();
    }

    private byte[] bytes() throws InvalidScenario {
        Position whole = Position.of(reading.file());
        if (Files.isDirectory(reading.file())) {
            throw failure(whole, "found a directory, expected " + reading.kind().file(), null);
        }
        try (InputStream in = Files.newInputStream(reading.file())) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw failure(
                        whole,
                        "file is larger than " + BYTES_MAX + " bytes, expected "
                                + reading.kind().content(),
                        "move what is large out of setup: and let generate_series make the rows");
            }
            return bytes;
        } catch (NoSuchFileException missing) {
            throw failure(
                    whole,
                    "found no such file, expected " + reading.kind().file(),
                    reading.kind().whereToFind());
        } catch (AccessDeniedException denied) {
            throw failure(
                    whole,
                    "file may not be read, expected " + reading.kind().file().replaceFirst("^a ", "a readable "),
                    "check its permissions");
        } catch (IOException failed) {
            throw failure(whole, "file cannot be read: " + Wording.oneLine(failed), null);
        }
    }

    private static InvalidScenario failure(Position position, String message, @Nullable String hint) {
        return new InvalidScenario(List.of(new Problem(position, message, hint)));
    }
}
