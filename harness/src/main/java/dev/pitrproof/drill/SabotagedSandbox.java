package dev.pitrproof.drill;

import dev.pitrproof.fault.RestoreFault;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.IsolationFact;
import dev.pitrproof.sandbox.Overlay;
import dev.pitrproof.sandbox.PostgresRelease;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.sandbox.SourceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A sandbox in which something happens to every data directory, or its settings, before its server starts. */
record SabotagedSandbox(Sandbox sandbox, RestoreFault fault) implements Sandbox {

    @Override
    public Cluster start(Path dataDirectory, Map<String, String> settings, String purpose, FileAccess files)
            throws SandboxException {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        try {
            fault.strike(dataDirectory, changed);
        } catch (IOException e) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT, "the sabotage itself failed: " + e.getMessage(), null, e);
        }
        return sandbox.start(dataDirectory, changed, purpose, files);
    }

    @Override
    public String name() {
        return sandbox.name();
    }

    @Override
    public PostgresRelease release() {
        return sandbox.release();
    }

    @Override
    public Path directory() {
        return sandbox.directory();
    }

    @Override
    public Path createDirectory(String name) throws IOException {
        return sandbox.createDirectory(name);
    }

    @Override
    public void give(Path path) throws IOException {
        sandbox.give(path);
    }

    @Override
    public boolean canRead(Path file) throws IOException {
        return sandbox.canRead(file);
    }

    @Override
    public Optional<Overlay> overlay(Path lower, Path directory) throws IOException {
        return sandbox.overlay(lower, directory);
    }

    @Override
    public boolean copiesFiles() {
        return sandbox.copiesFiles();
    }

    @Override
    public Cluster createSource(SourceSettings settings) throws SandboxException {
        return sandbox.createSource(settings);
    }

    @Override
    public List<IsolationFact> isolation() {
        return sandbox.isolation();
    }

    /** Stays open: it is not this one's own. */
    @Override
    public void close() {}
}
