package dev.pitrproof.restore;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * In what a restored server differs from the harmless one that goes to the target.
 *
 * @param settings by name, which win over pitrproof's own
 * @param writable directories outside the restore's own that it may write to
 */
public record Liberties(Map<String, String> settings, List<Path> writable) {

    /** Nothing. */
    public static final Liberties NONE = new Liberties(Map.of(), List.of());

    public Liberties {
        settings = Map.copyOf(settings);
        writable = List.copyOf(writable);
    }
}
