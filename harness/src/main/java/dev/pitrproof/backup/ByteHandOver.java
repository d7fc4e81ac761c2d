package dev.pitrproof.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that one thread hands over to another, which reads them as a stream: so that compressing and decompressing run
 * beside receiving. A few megabytes at most are under way.
 */
final class ByteHandOver implements AutoCloseable {

    /** What the other thread does with the bytes. */
    @FunctionalInterface
    interface Task {
        void run(InputStream bytes) throws IOException;
    }

    private static final int CHUNK_BYTES = 1 << 18;
    private static final int CHUNKS_WAITING_MAX = 12;
    private static final long LOOK_AGAIN_MILLIS = 100;

    /** {@code length} bytes of the array; 0 at the end. */
    private record Chunk(byte[] bytes, int length) {}

    private final BlockingQueue<Chunk> waiting = new ArrayBlockingQueue<>(CHUNKS_WAITING_MAX);
    private final BlockingQueue<byte[]> used = new ArrayBlockingQueue<>(CHUNKS_WAITING_MAX + 2);
    private final Task task;
    private final Thread thread;
    private volatile @Nullable IOException failure;
    private byte[] filling = new byte[CHUNK_BYTES];
    private int filled;

    private ByteHandOver(String name, Task task) {
        this.task = task;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    static ByteHandOver start(String threadName, Task task) {
        ByteHandOver started = new ByteHandOver(threadName, task);
        started.thread.start();
        return started;
    }

    private void run() {
        try {
            Taken taken = new Taken();
            task.run(taken);
            taken.requireEnd();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            // decoders meet bytes that they were not made for with exceptions of either kind
            failure = new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Hands over a copy of what remains in {@code data}. */
    void put(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            int count = Math.min(data.remaining(), filling.length - filled);
            data.get(filling, filled, count);
            filled += count;
            if (filled == filling.length) {
                pass();
            }
        }
    }

    private void pass() throws IOException {
        enqueue(new Chunk(filling, filled));
        byte[] again = used.poll();
        filling = again == null ? new byte[CHUNK_BYTES] : again;
        filled = 0;
    }

    private void enqueue(Chunk chunk) throws IOException {
        try {
            while (!waiting.offer(chunk, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                if (!thread.isAlive()) {
                    throwFailure();
                    throw new IOException("bytes follow behind the end of the stream");
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        throwFailure();
    }

    /** No more bytes come: waits until the other thread is done with those that came. */
    void end() throws IOException {
        if (filled > 0) {
            pass();
        }
        enqueue(new Chunk(filling, 0));
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        throwFailure();
    }

    private void throwFailure() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private static InterruptedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        return interrupted;
    }

    /** Stops the other thread if it still works. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The other thread's end. */
    private final class Taken extends InputStream {

        private @Nullable Chunk current;
        private int at;

        private @Nullable Chunk chunk() throws IOException {
            Chunk open = current;
            if (open != null && at < open.length()) {
                return open;
            }
            if (open != null) {
                if (open.length() == 0) {
                    return null;
                }
                used.offer(open.bytes());
            }
            try {
                open = waiting.take();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            current = open;
            at = 0;
            return open.length() == 0 ? null : open;
        }

        @Override
        public int read() throws IOException {
            Chunk open = chunk();
            return open == null ? -1 : open.bytes()[at++] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Chunk open = length == 0 ? null : chunk();
            if (open == null) {
                return length == 0 ? 0 : -1;
            }
            int count = Math.min(length, open.length() - at);
            System.arraycopy(open.bytes(), at, into, offset, count);
            at += count;
            return count;
        }

        void requireEnd() throws IOException {
            if (chunk() != null) {
                throw new IOException("bytes follow behind the end of the stream");
            }
        }
    }
}
