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

    /** Chunks to be read, the last one empty. */
    private final BlockingQueue<ByteBuffer> waiting = new ArrayBlockingQueue<>(CHUNKS_WAITING_MAX);

    private final BlockingQueue<ByteBuffer> used = new ArrayBlockingQueue<>(CHUNKS_WAITING_MAX + 2);
    private final Task task;
    private final Thread thread;
    private volatile @Nullable IOException failure;
    private volatile boolean whole;
    private ByteBuffer filling = ByteBuffer.allocate(CHUNK_BYTES);

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
            whole = true;
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            // decoders meet bytes that they were not made for with exceptions of either kind
            failure = new IOException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!whole && failure == null) {
                // an Error of the JVM: nobody must take what there is for complete
                failure = new IOException("the thread \"" + thread.getName() + "\" ended unexpectedly");
            }
        }
    }

    /** Hands over a copy of what remains in {@code data}. */
    void put(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            int end = data.limit();
            data.limit(data.position() + Math.min(data.remaining(), filling.remaining()));
            filling.put(data);
            data.limit(end);
            if (!filling.hasRemaining()) {
                pass();
            }
        }
    }

    private void pass() throws IOException {
        enqueue(filling.flip());
        ByteBuffer again = used.poll();
        filling = again == null ? ByteBuffer.allocate(CHUNK_BYTES) : again.clear();
    }

    private void enqueue(ByteBuffer chunk) throws IOException {
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
        if (filling.position() > 0) {
            pass();
        }
        enqueue(filling.flip());
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

        private @Nullable ByteBuffer current;
        private boolean ended;

        /** What is to be read next; null at the end. */
        private @Nullable ByteBuffer chunk() throws IOException {
            ByteBuffer open = current;
            if (ended || (open != null && open.hasRemaining())) {
                return ended ? null : open;
            }
            if (open != null) {
                used.offer(open);
            }
            try {
                open = waiting.take();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            current = open;
            ended = !open.hasRemaining();
            return ended ? null : open;
        }

        @Override
        public int read() throws IOException {
            ByteBuffer open = chunk();
            return open == null ? -1 : open.get() & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            ByteBuffer open = chunk();
            if (open == null) {
                return -1;
            }
            int count = Math.min(length, open.remaining());
            open.get(into, offset, count);
            return count;
        }

        void requireEnd() throws IOException {
            if (chunk() != null) {
                throw new IOException("bytes follow behind the end of the stream");
            }
        }
    }
}
