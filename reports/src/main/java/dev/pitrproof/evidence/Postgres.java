package dev.pitrproof.evidence;

import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL that was restored.
 *
 * @param version as {@code server_version} gives it, {@code 17.11}
 * @param systemIdentifier the cluster's identifier, decimal; a text, for it does not fit a JSON reader's double
 * @param sandbox {@code container} or {@code process}
 * @param image the container image, null in a process sandbox
 * @param binariesSha256 digest of the server's binaries, null when they were not local
 */
public record Postgres(
        String version,
        String systemIdentifier,
        String sandbox,
        @Nullable String image,
        @Nullable String binariesSha256) {
    public Postgres {
        Components.present(version, "postgres.version");
        Components.present(systemIdentifier, "postgres.systemIdentifier");
        Components.present(sandbox, "postgres.sandbox");
    }
}
