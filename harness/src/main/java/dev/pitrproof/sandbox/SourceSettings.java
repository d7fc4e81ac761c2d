package dev.pitrproof.sandbox;

import java.util.Map;

/**
 * What a new cluster is to be like.
 *
 * @param parameters server parameters by name, over the sandbox's defaults
 * @param walSegmentSizeMb a power of two from 1 to 1024
 * @param checksums whether its pages carry checksums
 * @param files what the server has to reach: what it runs, and where it writes its archive
 */
public record SourceSettings(
        Map<String, String> parameters, int walSegmentSizeMb, boolean checksums, FileAccess files) {

    /** @throws IllegalArgumentException if a value is out of range, or a parameter is one that only the sandbox may set */
    public SourceSettings {
        if (Integer.bitCount(walSegmentSizeMb) != 1 || walSegmentSizeMb < 1 || walSegmentSizeMb > 1024) {
            throw new IllegalArgumentException(
                    "WAL segment size is " + walSegmentSizeMb + " MB: expected a power of two from 1 to 1024");
        }
        ServerConfiguration.check(parameters);
        parameters = Map.copyOf(parameters);
    }

    /** Page checksums and segments of 1 MB: small segments make short stories. */
    public static SourceSettings of(Map<String, String> parameters) {
        return of(parameters, FileAccess.NONE);
    }

    /** The same for a server that has to reach more files than its own. */
    public static SourceSettings of(Map<String, String> parameters, FileAccess files) {
        return new SourceSettings(parameters, 1, true, files);
    }
}
