package dev.pitrproof.backup;

import java.io.IOException;

/** A directory that a backup should go to holds something already, or cannot be one. The message is fit for a user. */
public final class UnusableDirectoryException extends IOException {

    private static final long serialVersionUID = 1L;

    public UnusableDirectoryException(String message) {
        super(message);
    }
}
