package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes finished files durable in a thread of its own while further ones arrive: the disk is busy from the beginning,
 * instead of at the end only.
 */
final class FileSync implements AutoCloseable {

    /** How many finished files may wait, open, for the disk. */
    private static final int WAITING_MAX = 128;

    private final boolean enabled;
    private final BlockingQueue<Optional<FileChannel>> finished = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Thread thread = new Thread(this::run, "file-sync");
    private volatile @Nullable IOException failure;

    /**
     * Assigns only; {@link #start} starts the thread.
     *
     * @param enabled if not, files are closed and nothing else
     */
    FileSync(boolean enabled) {
        this.enabled = enabled;
    }

    static FileSync start(boolean enabled) {
        FileSync started = new FileSync(enabled);
        started.thread.setDaemon(true);
        if (enabled) {
            started.thread.start();
        }
        return started;
    }

    /** Takes over a file that has been written whole. */
    void finish(FileChannel file) throws IOException {
        if (!enabled) {
            file.close();
            return;
        }
        throwFailure();
        put(Optional.of(file));
    }

    /** Waits until all files are durable. */
    void await() throws IOException {
        if (enabled) {
            put(Optional.empty());
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            throwFailure();
        }
    }

    /** Makes the names in a directory durable. */
    void directory(Path directory) throws IOException {
        if (enabled) {
            force(directory);
        }
    }

    /** Makes the names in a directory durable, whatever else is. */
    static void force(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
                opened.force(true);
            }
        }
    }

    private void put(Optional<FileChannel> file) throws IOException {
        try {
            finished.put(file);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted while files were made durable", e);
    }

    private void throwFailure() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw new IOException("could not make a file durable: " + failed.getMessage(), failed);
        }
    }

    private void run() {
        try {
            for (Optional<FileChannel> next = finished.take(); next.isPresent(); next = finished.take()) {
                try (FileChannel file = next.get()) {
                    if (failure == null) {
                        file.force(true);
                    }
                } catch (IOException e) {
                    // go on taking, else the thread that writes would wait for ever
                    failure = e;
                } catch (RuntimeException | Error e) {
                    failure = new IOException(e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives up on files that still wait. */
    @Override
    public void close() throws IOException {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Optional<FileChannel> left = finished.poll(); left != null; left = finished.poll()) {
            if (left.isPresent()) {
                left.get().close();
            }
        }
    }
}
