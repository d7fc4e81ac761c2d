package dev.pitrproof.sandbox;

import java.util.List;

/**
 * An image that is on this machine.
 *
 * @param name as the user or the default names it
 * @param id its digest, {@code sha256:…}: the same name may be another image tomorrow
 * @param volumes the directories for which an engine makes a volume unless something else is put there
 */
public record ContainerImage(String name, String id, List<String> volumes) {

    public ContainerImage {
        volumes = List.copyOf(volumes);
    }

    /** Name and digest, as evidence has it. */
    String reference() {
        return name.contains("@") ? name : name + "@" + id;
    }
}
