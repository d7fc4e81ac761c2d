package dev.pitrproof.evidence;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that does not hold evidence. The message is fit for a user: {@code file:line:column: error: …}. */
public final class EvidenceUnreadable extends IOException {

    private static final long serialVersionUID = 1;

    EvidenceUnreadable(Path file, int line, int column, String message, String hint, @Nullable Throwable cause) {
        super(file + ":" + line + ":" + column + ": error: " + message + "\nHINT: " + hint, cause);
    }
}
