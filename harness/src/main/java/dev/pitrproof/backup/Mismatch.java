package dev.pitrproof.backup;

/**
 * A difference between a backup and its manifest, or something else without which it cannot be restored. The words are
 * those of pg_verifybackup where it finds the same.
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
        CHECKSUM,
        /** Neither a file nor a directory. */
        NOT_A_FILE,
        /** The manifest cannot be understood, or is not what it was. */
        MANIFEST,
        /** The control file is of another cluster than the manifest. */
        SYSTEM_IDENTIFIER,
        /** The control file cannot be understood. */
        CONTROL_FILE,
        /** An empty directory is not there, without which no server starts; a manifest never tells. */
        DIRECTORY,
        /** WAL that the manifest names is in the backup, but with a gap, or damaged. */
        WAL,
        /** A tar file cannot be taken apart. */
        TAR,
        /** It was damaged when it was taken, says the file backup_damage in it. */
        TAINTED
    }

    @Override
    public String toString() {
        return switch (kind) {
            case MISSING -> "\"" + path + "\" is present in the manifest but not on disk";
            case EXTRA -> "\"" + path + "\" is present on disk but not in the manifest";
            case SIZE -> "\"" + path + "\" has size " + found + " on disk but size " + expected + " in the manifest";
            case CHECKSUM ->
                "checksum mismatch for file \"" + path + "\": the manifest says " + expected + ", its content has "
                        + found;
            case NOT_A_FILE -> "\"" + path + "\" is not a file or directory";
            case SYSTEM_IDENTIFIER ->
                "manifest system identifier is " + expected + ", but control file \"" + path + "\" has " + found;
            case DIRECTORY -> "directory \"" + path + "\" is missing: no server starts without it";
            case WAL -> "WAL parsing failed for " + expected + ": " + found;
            case CONTROL_FILE -> "\"" + path + "\": " + found;
            case TAINTED -> "found when the backup was taken, says \"" + path + "\": " + found;
            // these name the file where the manifest or the tar file is, which may be elsewhere
            case MANIFEST, TAR -> found;
        };
    }
}
