package dev.pitrproof.sandbox;

import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A PostgreSQL server, running or stopped, with its data directory. */
public interface Cluster extends AutoCloseable {

    Path dataDirectory();

    /** What the server wrote to its standard error. */
    Path logFile();

    /** How the superuser {@code postgres} reaches the database {@code postgres} over the unix socket. */
    ConnectionSettings connection();

    /** The same for a restored cluster whose superuser has another name: no password, as {@link Sandbox#start} says. */
    ConnectionSettings connectionAs(String user);

    /** The postmaster's process on its machine; in a container, the one that keeps the container alive. */
    long processId();

    /**
     * Waits until the server accepts connections, read-only ones included. A server with {@code hot_standby=off} does
     * not before its recovery has ended.
     *
     * @throws SandboxException {@code SERVER_DIED} with the server's FATAL line as soon as it is dead, {@code TIMEOUT}
     *     when the time is over, {@code ENVIRONMENT} when it died of a full disk
     */
    void awaitReady(Duration atMost) throws SandboxException;

    boolean isRunning();

    /**
     * The line that says why the server ended, {@code FATAL:  …} or {@code PANIC:  …}; errors of clients are none. Of a
     * container whose engine went away, that.
     */
    Optional<String> fatalLine();

    /**
     * Stops the server and waits until it is gone; does nothing when it is already.
     *
     * @throws SandboxException {@code TIMEOUT} if it does not go
     */
    void stop(StopMode mode) throws SandboxException;

    /**
     * Brings what the server has written at a path to this machine: a file, or a directory with all that is in it. Does
     * nothing where the server writes to this machine's own files, nor for a path that is not there.
     *
     * @param path of its data directory, or of a directory that it was told to write to ({@link FileAccess#writable})
     */
    default void fetch(Path path) throws IOException {
        // it is here
    }

    /** Stops the server immediately; its data directory stays until the sandbox goes. */
    @Override
    void close() throws SandboxException;
}
