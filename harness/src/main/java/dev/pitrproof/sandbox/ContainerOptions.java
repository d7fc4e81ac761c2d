package dev.pitrproof.sandbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How containers are made.
 *
 * @param image the image's name; null for {@code localhost/pitrproof/postgres:MAJOR} where that is on this machine, else
 *     {@code postgres:MAJOR}
 * @param lifetime after which a container ends by itself and may be removed by whoever finds it
 */
public record ContainerOptions(@Nullable String image, Duration lifetime) {

    /** Longer than any drill, and short enough that what a dead machine left does not pile up. */
    public static final Duration LIFETIME = Duration.ofHours(4);

    public ContainerOptions {
        if (lifetime.toSeconds() < 1) {
            throw new IllegalArgumentException("a container's lifetime is " + lifetime + ": expected 1 s or more");
        }
    }

    /** The image of that name, or the default one for null. */
    public static ContainerOptions of(@Nullable String image) {
        return new ContainerOptions(image, LIFETIME);
    }
}
