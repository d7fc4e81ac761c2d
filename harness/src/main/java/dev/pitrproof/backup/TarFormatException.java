package dev.pitrproof.backup;

import java.io.IOException;

/** What came is no tar stream of a base backup, whatever became of writing it. The message is fit for a user. */
final class TarFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    TarFormatException(String message) {
        super(message);
    }
}
