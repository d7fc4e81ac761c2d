package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where is kept what nobody needs behind the end of a run. */
public final class TemporaryFiles {

    /** Names the directory for them, where the system's is too small or closed to the servers' user. */
    static final String VARIABLE = "PITRPROOF_TMPDIR";

    private TemporaryFiles() {}

    /** The directory that others are made in, if nothing else is said. It need not be there. */
    static Path parent() {
        return Optional.ofNullable(System.getenv(VARIABLE))
                .filter(name -> !name.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
    }

    /**
     * Makes a directory for whoever calls, who also removes it.
     *
     * @param prefix what its name begins with
     * @throws SandboxException {@code ENVIRONMENT} if there can be none
     */
    public static Path createDirectory(String prefix) throws SandboxException {
        Path parent = parent();
        try {
            return Files.createTempDirectory(parent, prefix);
        } catch (IOException e) {
            throw cannotCreate(parent, e);
        }
    }

    static SandboxException cannotCreate(Path parent, IOException cause) {
        return SandboxException.environment(
                "cannot create a directory in " + parent + ": " + RunDirectory.reason(cause),
                "name another directory by " + VARIABLE,
                cause);
    }
}
