package dev.pitrproof.cli;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A value of YAML on one line, as a person would write it. */
final class YamlExample {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_$/*(][A-Za-z0-9 _.,;/$()*=<>+'-]*");
    private static final Pattern OTHERWISE_A_NUMBER = Pattern.compile("\\d[\\d:.]*|true|false|null");

    private YamlExample() {}

    static String of(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty()
                    ? "{}"
                    : map.entrySet().stream()
                            .map(entry -> entry.getKey() + ": " + of(entry.getValue()))
                            .collect(Collectors.joining(", ", "{ ", " }"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(YamlExample::of).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof String text) {
            String line = text.strip().replaceAll("\\s+", " ");
            boolean isPlain = PLAIN.matcher(line).matches()
                    && !OTHERWISE_A_NUMBER.matcher(line).matches()
                    && !line.contains(", ");
            return isPlain ? line : "\"" + line.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
        return String.valueOf(value);
    }
}
