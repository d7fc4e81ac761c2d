package dev.pitrproof.drill;

import dev.pitrproof.fault.RestoreFault;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.ForwardingSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A sandbox in which something happens to every data directory, or its settings, before its server starts. */
final class SabotagedSandbox extends ForwardingSandbox {

    private final RestoreFault fault;

    SabotagedSandbox(Sandbox sandbox, RestoreFault fault) {
        super(sandbox);
        this.fault = fault;
    }

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
        return super.start(dataDirectory, changed, purpose, files);
    }

    /** Stays open: it is not this one's own. */
    @Override
    public void close() {}
}
