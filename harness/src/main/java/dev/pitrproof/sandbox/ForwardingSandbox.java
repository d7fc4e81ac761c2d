package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A sandbox that is another one in all that is not overridden. */
public abstract class ForwardingSandbox implements Sandbox {

    private final Sandbox sandbox;

    protected ForwardingSandbox(Sandbox sandbox) {
        this.sandbox = sandbox;
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
    public void removeDirectory(Path directory) throws IOException {
        sandbox.removeDirectory(directory);
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
    public Cluster createSource(SourceSettings settings) throws SandboxException {
        return sandbox.createSource(settings);
    }

    @Override
    public Cluster start(Path dataDirectory, Map<String, String> settings, String purpose, FileAccess files)
            throws SandboxException {
        return sandbox.start(dataDirectory, settings, purpose, files);
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
    public ClientPrograms clientPrograms() throws IOException {
        return sandbox.clientPrograms();
    }

    @Override
    public List<IsolationFact> isolation() {
        return sandbox.isolation();
    }

    @Override
    public void close() throws SandboxException {
        sandbox.close();
    }
}
