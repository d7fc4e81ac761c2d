package dev.pitrproof.sandbox;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/**
 * Tells Testcontainers the engine that we have already found, so that it neither looks for another one nor notes its
 * find in the user's home directory. Does nothing in programs that use Testcontainers without a sandbox of ours.
 */
public final class LocalEngineStrategy extends DockerClientProviderStrategy {

    private static final AtomicReference<@Nullable TransportConfig> ENGINE = new AtomicReference<>();
    private static final int BEFORE_ALL_OTHERS = 1000;

    static TransportConfig use(ContainerEngine engine) throws IOException {
        EngineAddress address = engine.address();
        SSLContext context = address.certificates() == null ? null : address.context();
        TransportConfig transport = TransportConfig.builder()
                .dockerHost(URI.create(address.url()))
                .sslConfig(context == null ? null : () -> context)
                .build();
        ENGINE.set(transport);
        return transport;
    }

    @Override
    protected boolean isApplicable() {
        return ENGINE.get() != null;
    }

    @Override
    protected boolean isPersistable() {
        return false;
    }

    @Override
    protected int getPriority() {
        return BEFORE_ALL_OTHERS;
    }

    @Override
    public TransportConfig getTransportConfig() {
        TransportConfig engine = ENGINE.get();
        if (engine == null) {
            throw new IllegalStateException("no engine was found");
        }
        return engine;
    }

    @Override
    public String getDescription() {
        return "the engine of the sandbox";
    }

    // no port is ever published; looking for the address would start another container where this is one
    @Override
    public synchronized String getDockerHostIpAddress() {
        return "localhost";
    }
}
