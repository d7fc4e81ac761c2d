package dev.pitrproof.backup;

import dev.pitrproof.replication.ReplicationConnection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a backup in good order when the JVM is told to end (SIGINT, SIGTERM): cuts its connections, by which the thread
 * that takes it fails, and waits until that thread has removed what it wrote.
 */
final class ShutdownGuard implements AutoCloseable {

    private static final long WAIT_SECONDS_MAX = 60;

    private final List<ReplicationConnection> connections = new CopyOnWriteArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::shutDown, "backup-shutdown");
    private volatile boolean shuttingDown;

    static ShutdownGuard install() throws IOException {
        ShutdownGuard guard = new ShutdownGuard();
        try {
            Runtime.getRuntime().addShutdownHook(guard.hook);
        } catch (IllegalStateException e) {
            throw new IOException("interrupted", e);
        }
        return guard;
    }

    /** Has this connection cut at a shutdown. */
    ReplicationConnection watch(ReplicationConnection connection) throws IOException {
        connections.add(connection);
        check();
        return connection;
    }

    /** Fails if the shutdown has begun. */
    void check() throws IOException {
        if (shuttingDown) {
            throw new IOException("interrupted");
        }
    }

    private void shutDown() {
        shuttingDown = true;
        connections.forEach(ReplicationConnection::abort);
        try {
            if (!done.await(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                System.err.println("pitrproof: warning: the backup could not be removed in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The backup is over, one way or the other, and everything is cleared up. */
    @Override
    public void close() {
        done.countDown();
        if (!shuttingDown) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the shutdown has just begun; the hook finds everything done
            }
        }
    }
}
