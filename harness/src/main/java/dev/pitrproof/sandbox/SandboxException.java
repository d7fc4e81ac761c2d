package dev.pitrproof.sandbox;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A disposable cluster could not be made, did not start, or died. The message is fit for a user. */
public class SandboxException extends IOException {

    /** Why. */
    public enum Kind {
        /** This machine cannot do it: a program, space or a permission is missing. Says nothing about a backup. */
        ENVIRONMENT,
        /** The server ended by itself. */
        SERVER_DIED,
        /** The server neither ended nor did what was awaited. */
        TIMEOUT,
        /** This PostgreSQL lacks what the data needs, a compression or a locale: it says nothing about a backup. */
        CANNOT_JUDGE
    }

    private final Kind kind;
    private final @Nullable String hint;

    public SandboxException(Kind kind, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.hint = hint;
    }

    static SandboxException environment(String message, String hint) {
        return new SandboxException(Kind.ENVIRONMENT, message, hint, null);
    }

    static SandboxException environment(String message, String hint, Throwable cause) {
        return new SandboxException(Kind.ENVIRONMENT, message, hint, cause);
    }

    public Kind kind() {
        return kind;
    }

    /** What to do about a failure, if its words tell: {@code complaint} is what a server or the system said. */
    public static Optional<String> hintAbout(String complaint) {
        return Subprocess.saysDiskFull(complaint) ? Optional.of(ProcessCluster.DISK_FULL_HINT) : Optional.empty();
    }

    /** What to do next, without the word HINT. */
    public @Nullable String hint() {
        return hint;
    }
}
