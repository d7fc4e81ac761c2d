package dev.pitrproof.sandbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image that is on this machine.
 *
 * @param name as the user or the default names it
 * @param id its digest, {@code sha256:…}: the same name may be another image tomorrow
 * @param volumes the directories for which an engine makes a volume unless something else is put there
 * @param major of its PostgreSQL, if it says so
 */
public record ContainerImage(
        String name,
        String id,
        List<String> volumes,
        @Nullable Integer major) {

    public ContainerImage {
        volumes = List.copyOf(volumes);
    }

    /** Name and digest, as evidence has it. */
    String reference() {
        return name.contains("@") ? name : name + "@" + id;
    }
}
