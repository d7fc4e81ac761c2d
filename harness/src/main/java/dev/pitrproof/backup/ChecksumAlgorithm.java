package dev.pitrproof.backup;

import java.util.Locale;

/** The checksums that a backup manifest may hold for its files. */
public enum ChecksumAlgorithm {
    NONE("none"),
    CRC32C("CRC-32C"),
    SHA224("SHA-224"),
    SHA256("SHA-256"),
    SHA384("SHA-384"),
    SHA512("SHA-512");

    private final String standardName;

    ChecksumAlgorithm(String standardName) {
        this.standardName = standardName;
    }

    /**
     * Reads a name as PostgreSQL does, in any case.
     *
     * @throws IllegalArgumentException with a message fit for a user
     */
    public static ChecksumAlgorithm parse(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "manifest checksum is \"" + name + "\": expected NONE, CRC32C, SHA224, SHA256, SHA384 or SHA512",
                    e);
        }
    }

    /** A new computation over one file. */
    public FileChecksum begin() {
        return switch (this) {
            case NONE -> FileChecksum.none();
            case CRC32C -> FileChecksum.crc32c();
            case SHA224, SHA256, SHA384, SHA512 -> FileChecksum.digest(standardName);
        };
    }
}
