package dev.pitrproof.sandbox;

import java.util.Map;

/**
 * What a new cluster is to be like.
 *
 * @param parameters server parameters by name, over the sandbox's defaults
 * @param walSegmentSizeMb a power of two from 1 to 1024
 * @param checksums whether its pages carry checksums
 */
public record SourceSettings(Map<String, String> parameters, int walSegmentSizeMb, boolean checksums) {

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
        return new SourceSettings(parameters, 1, true);
    }
}
