package dev.pitrproof.evidence;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the constructors of the records share: a file may lack a component that the type says is there. */
final class Components {

    private Components() {}

    /** Refuses a component that is missing; its name is all the user needs to see. */
    static void present(@Nullable Object value, String name) {
        if (value == null) {
            throw new IllegalArgumentException("\"" + name + "\" is missing");
        }
    }

    /** An unmodifiable copy; a missing list is an empty one. */
    static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /** An unmodifiable copy in the same order; a missing map is an empty one. */
    static <V> Map<String, V> map(@Nullable Map<String, V> map) {
        if (map == null) {
            return Map.of();
        }
        map.forEach((key, value) -> present(value, key));
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
