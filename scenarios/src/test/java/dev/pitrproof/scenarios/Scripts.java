package dev.pitrproof.scenarios;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The shipped scenario files, and copies of them with something changed. */
final class Scripts {

    private static final Path SHIPPED = Path.of("");

    private Scripts() {}

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED.toAbsolutePath())) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    static String text(String name) throws IOException {
        return Files.readString(SHIPPED.resolve(name + ".yaml"));
    }

    /** dropped-table with a story of 3 s, whose only restore goes to {@code to} and is expected to be proven. */
    static String droppedTable(String to) throws IOException {
        String text = replace(text("dropped-table"), "lasts: 15s", "lasts: 3s");
        String only = text.substring(0, text.indexOf("  - about: the twin"));
        return replace(only, "to: { time: \"13:59\" }", "to: { time: \"" + to + "\" }");
    }

    /** Replaces what must be there: a test of a change that was not made would prove nothing. */
    static String replace(String text, String found, String by) {
        if (!text.contains(found)) {
            throw new IllegalArgumentException("there is no \"" + found + "\" in the scenario any more");
        }
        return text.replace(found, by);
    }
}
