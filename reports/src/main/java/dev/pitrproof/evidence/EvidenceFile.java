package dev.pitrproof.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * {@code evidence.json}: UTF-8, keys in the order of the records' components, no nulls, instants in UTC with six digits
 * of the second.
 *
 * <p>A file appears whole or not at all. Keys that this version does not know are skipped on reading and so are lost
 * when the evidence is written again.
 */
public final class EvidenceFile {

    /** The name the file has in a drill's directory. */
    public static final String NAME = "evidence.json";

    private static final DateTimeFormatter MICROSECONDS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .changeDefaultPropertyInclusion(always -> always.withValueInclusion(JsonInclude.Include.NON_NULL))
            .addModule(new SimpleModule().addSerializer(Instant.class, new InstantSerializer()))
            .build();

    private EvidenceFile() {}

    /** Writes the file as a {@link WholeFile}; the directory must exist. */
    public static void write(Path file, Evidence evidence) throws IOException {
        try {
            WholeFile.write(file, MAPPER.writeValueAsBytes(evidence));
        } catch (JacksonException e) {
            throw new IOException("cannot write \"" + file + "\": " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws EvidenceUnreadable if it is not JSON, is cut short, lacks something, or is of a newer schema
     */
    public static Evidence read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            requireKnownSchema(file, bytes);
            return MAPPER.readValue(bytes, Evidence.class);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            throw new EvidenceUnreadable(
                    file,
                    at == null ? 1 : Math.max(1, at.getLineNr()),
                    at == null ? 1 : Math.max(1, at.getColumnNr()),
                    "not evidence: " + firstLine(e),
                    "evidence.json of a drill is needed; run the drill again if this one was damaged",
                    e);
        }
    }

    /** Looks for the version before anything else, since a newer file may be of another shape altogether. */
    private static void requireKnownSchema(Path file, byte[] bytes) throws IOException {
        try (JsonParser parser = MAPPER.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new EvidenceUnreadable(file, 1, 1, "not evidence: no JSON object", HINT_FILE, null);
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean schema = parser.currentName().equals("schema");
                JsonToken value = parser.nextToken();
                if (schema) {
                    TokenStreamLocation at = parser.currentTokenLocation();
                    int version = value == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : 0;
                    if (version < 1 || version > Evidence.SCHEMA) {
                        throw new EvidenceUnreadable(
                                file,
                                at.getLineNr(),
                                at.getColumnNr(),
                                "schema " + parser.getString() + " is not known, this version reads up to "
                                        + Evidence.SCHEMA,
                                "use the pitrproof that wrote it, or a newer one",
                                null);
                    }
                    return;
                }
                parser.skipChildren();
            }
            throw new EvidenceUnreadable(file, 1, 1, "not evidence: \"schema\" is missing", HINT_FILE, null);
        }
    }

    private static final String HINT_FILE = "give the evidence.json of a drill";

    private static String firstLine(JacksonException e) {
        String message = e.getOriginalMessage();
        return message == null ? "cannot be read" : message.lines().findFirst().orElse("cannot be read");
    }

    private static final class InstantSerializer extends StdSerializer<Instant> {
        InstantSerializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
            generator.writeString(MICROSECONDS.format(value));
        }
    }
}
