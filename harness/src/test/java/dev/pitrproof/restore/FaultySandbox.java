package dev.pitrproof.restore;

import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.ForwardingSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A sandbox in which restores go wrong as a test asks: between the restore and its server. */
public final class FaultySandbox extends ForwardingSandbox {

    /** What happens to a server with this data directory and these settings, both to be changed at will. */
    @FunctionalInterface
    public interface Fault {
        void strike(Path dataDirectory, Map<String, String> settings) throws IOException;
    }

    /** What happens to a running server. */
    @FunctionalInterface
    public interface Blow {
        void strike(Cluster cluster) throws IOException;
    }

    private final Map<String, Fault> faults = new LinkedHashMap<>();
    private final Map<String, Blow> whenReady = new LinkedHashMap<>();
    private final Map<String, Blow> whenClosed = new LinkedHashMap<>();
    private final List<String> directories = new ArrayList<>();

    public FaultySandbox(Sandbox sandbox) {
        super(sandbox);
    }

    /** Strikes before the server of this purpose starts. */
    public FaultySandbox before(String purpose, Fault fault) {
        faults.put(purpose, fault);
        return this;
    }

    /** Strikes when the server of this purpose first accepts connections. */
    public FaultySandbox whenReady(String purpose, Blow blow) {
        whenReady.put(purpose, blow);
        return this;
    }

    /** Strikes when the server of this purpose is closed. */
    public FaultySandbox whenClosed(String purpose, Blow blow) {
        whenClosed.put(purpose, blow);
        return this;
    }

    /** The names of all directories that were asked for. */
    public List<String> directories() {
        return directories;
    }

    @Override
    public Cluster start(Path dataDirectory, Map<String, String> settings, String purpose, FileAccess files)
            throws SandboxException {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        try {
            faults.getOrDefault(purpose, (data, all) -> {}).strike(dataDirectory, changed);
            give(dataDirectory);
        } catch (IOException e) {
            throw new AssertionError("the fault itself failed", e);
        }
        Cluster cluster = super.start(dataDirectory, changed, purpose, files);
        return (Cluster) Proxy.newProxyInstance(
                Cluster.class.getClassLoader(), new Class<?>[] {Cluster.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(cluster, arguments);
                        if (method.getName().equals("awaitReady") && whenReady.containsKey(purpose)) {
                            whenReady.remove(purpose).strike(cluster);
                        } else if (method.getName().equals("close") && whenClosed.containsKey(purpose)) {
                            whenClosed.remove(purpose).strike(cluster);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public Path createDirectory(String name) throws IOException {
        directories.add(name);
        return super.createDirectory(name);
    }
}
