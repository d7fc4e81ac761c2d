package dev.pitrproof.backup;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A manifest could be read, but is none, or was changed. The message is fit for a user. */
public final class DamagedManifestException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedManifestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
