package dev.pitrproof.backup;

/**
 * A difference between a backup and its manifest.
 *
 * @param path the file, relative to the data directory
 * @param expected what the manifest says, empty if it says nothing
 * @param found what there is, empty if there is nothing
 */
public record Mismatch(Kind kind, String path, String expected, String found) {

    /** What is different. */
    public enum Kind {
        MISSING,
        EXTRA,
        SIZE,
        CHECKSUM
    }

    @Override
    public String toString() {
        return switch (kind) {
            case MISSING -> "\"" + path + "\" is in the manifest but not in the backup";
            case EXTRA -> "\"" + path + "\" is in the backup but not in the manifest";
            case SIZE -> "\"" + path + "\" has " + found + " bytes: the manifest says " + expected;
            case CHECKSUM -> "\"" + path + "\" has checksum " + found + ": the manifest says " + expected;
        };
    }
}
