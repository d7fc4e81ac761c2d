package dev.pitrproof.backup.chain;

import java.io.IOException;

/** Backups do not make up a chain, or one of them is damaged. The message is one line, fit for a user. */
public final class BrokenChainException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String hint;

    BrokenChainException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    /** What to do about it. */
    public String hint() {
        return hint;
    }
}
