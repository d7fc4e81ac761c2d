package dev.pitrproof.drill;

import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.ForwardingSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sandbox for one trial: something happens to every data directory, or its settings, before its server starts.
 *
 * <p>Closing it removes the directories that were made through it; the sandbox itself is not this one's own.
 */
final class SabotagedSandbox extends ForwardingSandbox {

    /** What happens. */
    @FunctionalInterface
    interface Strike {
        Strike NONE = (dataDirectory, settings) -> {};

        void at(Path dataDirectory, Map<String, String> settings) throws IOException;
    }

    private final Strike strike;
    private final List<Path> directories = new ArrayList<>();

    SabotagedSandbox(Sandbox sandbox, Strike strike) {
        super(sandbox);
        this.strike = strike;
    }

    @Override
    public Path createDirectory(String name) throws IOException {
        Path directory = super.createDirectory(name);
        directories.add(directory);
        return directory;
    }

    @Override
    public Cluster start(Path dataDirectory, Map<String, String> settings, String purpose, FileAccess files)
            throws SandboxException {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        try {
            strike.at(dataDirectory, changed);
        } catch (IOException e) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT, "the sabotage itself failed: " + e.getMessage(), null, e);
        }
        return super.start(dataDirectory, changed, purpose, files);
    }

    @Override
    public void close() throws SandboxException {
        for (Path directory : directories) {
            try {
                removeDirectory(directory);
            } catch (SandboxException e) {
                throw e;
            } catch (IOException e) {
                throw new SandboxException(
                        SandboxException.Kind.ENVIRONMENT,
                        "cannot remove " + directory + ": " + e.getMessage(),
                        null,
                        e);
            }
        }
        directories.clear();
    }
}
