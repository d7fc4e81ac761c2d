package dev.pitrproof.html;

import java.util.List;
import java.util.Map;

/**
 * One thing the restored server was kept from.
 *
 * @param level how firmly, in words
 * @param css {@code firm}, {@code set} or {@code open}
 */
public record Isolation(String item, String meaning, String level, String css) {

    static List<Isolation> of(Map<String, String> isolation) {
        return isolation.entrySet().stream()
                .map(entry -> new Isolation(
                        entry.getKey().replace('-', ' '),
                        meaning(entry.getKey()),
                        entry.getValue().replace('-', ' '),
                        css(entry.getValue())))
                .toList();
    }

    private static String meaning(String item) {
        return switch (item) {
            case "network" -> "reaching another machine";
            case "archive" -> "writing into the archive it reads";
            case "archiving" -> "archiving WAL of its own";
            case "workers" -> "running background workers of the source";
            case "logical-replication" -> "subscribing to other servers";
            case "preloads" -> "loading libraries of the source, job schedulers among them";
            default -> ""; // evidence of a later version
        };
    }

    private static String css(String level) {
        return switch (level) {
            case "enforced" -> "firm";
            case "configured" -> "set";
            default -> "open";
        };
    }
}
