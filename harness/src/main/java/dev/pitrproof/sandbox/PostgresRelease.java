package dev.pitrproof.sandbox;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL, and what it can read.
 *
 * @param major 14 to 18
 * @param version as the server tells it: {@code 17.11}
 * @param origin where it comes from: the directory of its programs, or the coordinates of a Maven artifact
 * @param binariesSha256 64 hexadecimal digits: of the Maven artifact, or of the installed {@code postgres} program
 * @param features optional libraries it is linked with, out of {@code lz4}, {@code zstd}, {@code icu}, {@code ssl},
 *     {@code xml}: a server without lz4 cannot judge a backup that needs it
 * @param image the container image with its digest, {@code localhost/pitrproof/postgres:17@sha256:…}; null where none is
 */
public record PostgresRelease(
        int major,
        String version,
        String origin,
        String binariesSha256,
        Set<String> features,
        @Nullable String image) {

    public PostgresRelease {
        features = Set.copyOf(features);
    }

    /** A PostgreSQL that is in no image. */
    PostgresRelease(int major, String version, String origin, String binariesSha256, Set<String> features) {
        this(major, version, origin, binariesSha256, features, null);
    }
}
