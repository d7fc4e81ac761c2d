package dev.pitrproof.archive;

import java.io.IOException;

/** A place that cannot serve as a WAL archive. Message and hint are fit for a user. */
public final class ArchiveException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Kind {
        /** There is no such directory, or bucket. */
        NO_DIRECTORY,
        /** It holds no file with the name of a WAL segment. */
        NO_SEGMENTS,
        /** A file that must be understood to read the archive is damaged. */
        DAMAGED,
        /** It cannot be reached or read, which says nothing about what is in it. */
        UNREACHABLE
    }

    /** A hint for whoever has looked in the wrong place. */
    public static final String NAMES_OF_SEGMENTS =
            "WAL segments have names of 24 hexadecimal digits, like 000000010000000000000001, behind which .gz, .zst,"
                    + " .lz4 or .partial may stand";

    private final Kind kind;
    private final String hint;

    public ArchiveException(Kind kind, String message, String hint) {
        super(message);
        this.kind = kind;
        this.hint = hint;
    }

    public Kind kind() {
        return kind;
    }

    /** What to do about it, without the word HINT. */
    public String hint() {
        return hint;
    }
}
