package dev.pitrproof.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One object of JSON Lines, which every command begins with its {@code event}. */
final class JsonLine {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonLine() {}

    /** @param keysAndValues in turn */
    static String of(String event, @Nullable Object... keysAndValues) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("event", event);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            line.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return JSON.writeValueAsString(line);
    }

    static void print(PrintWriter out, String event, @Nullable Object... keysAndValues) {
        out.println(of(event, keysAndValues));
        out.flush();
    }
}
