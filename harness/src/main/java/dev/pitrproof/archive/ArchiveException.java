package dev.pitrproof.archive;

import java.io.IOException;

/** A directory that cannot serve as a WAL archive. Message and hint are fit for a user. */
public final class ArchiveException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Kind {
        /** There is no such directory. */
        NO_DIRECTORY,
        /** The directory holds no file with the name of a WAL segment. */
        NO_SEGMENTS,
        /** A file that must be understood to read the archive is damaged. */
        DAMAGED
    }

    private final Kind kind;
    private final String hint;

    ArchiveException(Kind kind, String message, String hint) {
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
