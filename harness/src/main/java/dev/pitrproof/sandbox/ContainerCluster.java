package dev.pitrproof.sandbox;

import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A server that is the only program of a container, and is reached by a socket in a directory of this machine: its own,
 * or one that leads to it.
 */
final class ContainerCluster implements Cluster {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_IMMEDIATE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration POLL_REMOTE = Duration.ofMillis(50);

    private final ContainerRun container;
    private final RunSandbox.Server server;
    private final ServerLog log;
    private final @Nullable RemoteLink link;

    /** @param link to a server whose files are not on this machine; null where they are */
    ContainerCluster(ContainerRun container, RunSandbox.Server server, Path logFile, @Nullable RemoteLink link) {
        this.container = container;
        this.server = server;
        this.link = link;
        this.log = new ServerLog(logFile);
    }

    @Override
    public Path dataDirectory() {
        return server.data();
    }

    @Override
    public Path logFile() {
        return log.file();
    }

    @Override
    public ConnectionSettings connection() {
        return settings("postgres", server.password());
    }

    @Override
    public ConnectionSettings connectionAs(String role) {
        return settings(role, role.equals("postgres") ? server.password() : null);
    }

    private ConnectionSettings settings(String role, @Nullable String password) {
        return new ConnectionSettings(
                server.sockets().toString(), ServerConfiguration.PORT, "postgres", role, password, Map.of());
    }

    @Override
    public long processId() {
        return container.processId();
    }

    @Override
    public void awaitReady(Duration atMost) throws SandboxException {
        try {
            Awaitility.await()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(link == null ? POLL : POLL_REMOTE)
                    .atMost(atMost)
                    .until(() -> !container.isRunning() || isReady());
        } catch (ConditionTimeoutException e) {
            throw log.notReady(server.purpose(), atMost, e);
        }
        if (!container.isRunning()) {
            throw container.isLost() ? ContainerRun.lost(null) : log.died(server.purpose());
        }
    }

    private boolean isReady() throws IOException {
        fetch(server.data().resolve(DataDirectory.LOCK_FILE));
        return DataDirectory.isReady(server.data());
    }

    @Override
    public void fetch(Path path) throws IOException {
        if (link != null) {
            try {
                link.fetch(path);
            } catch (IOException e) {
                // an engine that has just gone away is the reason for whatever failed, and is known a little later
                throw container.isLost() ? ContainerRun.lost(e) : e;
            }
        }
    }

    @Override
    public boolean isRunning() {
        return container.isRunning();
    }

    @Override
    public Optional<String> fatalLine() {
        return container.isLost() ? Optional.of(ContainerRun.LOST) : log.fatalLine();
    }

    /** Whether this server holds a data directory. */
    boolean serves(Path data) {
        return isRunning() && server.data().equals(data);
    }

    @Override
    public void stop(StopMode mode) throws SandboxException {
        if (!container.isRunning()) {
            return;
        }
        container.signal(mode);
        Duration patience = mode == StopMode.FAST ? PATIENCE : PATIENCE_IMMEDIATE;
        if (container.awaitEnd(patience).isPresent()) {
            return;
        }
        if (mode == StopMode.IMMEDIATE) {
            container.signal(StopMode.KILL);
            if (container.awaitEnd(patience).isPresent()) {
                return;
            }
        }
        throw new SandboxException(
                SandboxException.Kind.TIMEOUT,
                "the " + server.purpose() + " cluster has not stopped after " + patience.toSeconds()
                        + " s; it said last: " + log.lastWords(),
                "see its log, " + log.file(),
                null);
    }

    @Override
    public void close() throws SandboxException {
        stop(StopMode.IMMEDIATE);
        if (link != null) {
            link.keep(server.data());
        }
        unlink();
        container.remove();
    }

    /** Lets nobody connect any more. */
    void unlink() {
        if (link != null) {
            link.close();
        }
    }
}
