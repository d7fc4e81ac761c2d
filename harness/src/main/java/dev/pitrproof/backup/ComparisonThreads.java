package dev.pitrproof.backup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Compares files with a manifest in several threads, while the manifest is still being read. */
final class ComparisonThreads implements AutoCloseable {

    private static final int WAITING_MAX = 1024;
    private static final long REPORT_BYTES = 4L << 20;

    private final Path directory;
    private final CollectedFindings findings;
    private final VerificationProgress progress;
    private final boolean untilFirst;
    private final BlockingQueue<Optional<BackupManifest.FileEntry>> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    /** Assigns only. */
    private ComparisonThreads(
            Path directory, CollectedFindings findings, VerificationProgress progress, boolean untilFirst) {
        this.directory = directory;
        this.findings = findings;
        this.progress = progress;
        this.untilFirst = untilFirst;
    }

    static ComparisonThreads start(
            Path directory, VerificationSettings settings, CollectedFindings findings, VerificationProgress progress) {
        ComparisonThreads started = new ComparisonThreads(directory, findings, progress, settings.untilFirst());
        for (int i = 0; i < settings.threads(); i++) {
            Thread thread = new Thread(started::run, "verify-" + i);
            thread.setDaemon(true);
            started.threads.add(thread);
            thread.start();
        }
        return started;
    }

    /** Waits while many files wait. */
    void compare(BackupManifest.FileEntry entry) {
        if (!stopped) {
            put(Optional.of(entry));
        }
    }

    private void put(Optional<BackupManifest.FileEntry> entry) {
        try {
            waiting.put(entry);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while files were compared"));
        }
    }

    /** Waits until all files have been compared. */
    void await() throws IOException {
        threads.forEach(thread -> put(Optional.empty()));
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while files were compared");
            }
        }
        Throwable failed = failure;
        if (failed != null) {
            throw new IllegalStateException("a file could not be compared", failed);
        }
        progress.checked(bytes.get());
    }

    /** Whether a difference was found, and no further one is wanted. */
    boolean isStopped() {
        return stopped;
    }

    /** How many files have been compared. */
    long files() {
        return files.get();
    }

    /** How many bytes have been read. */
    long bytes() {
        return bytes.get();
    }

    private void run() {
        FileComparison comparison = new FileComparison(directory, this::read);
        try {
            for (Optional<BackupManifest.FileEntry> next = waiting.take(); next.isPresent(); next = waiting.take()) {
                // go on taking when stopped, else the thread that reads the manifest would wait for ever
                if (!stopped) {
                    compare(comparison, next.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void compare(FileComparison comparison, BackupManifest.FileEntry entry) {
        try {
            comparison.compare(entry).ifPresent(this::found);
        } catch (IOException e) {
            findings.unreadable(entry.path(), e);
        } catch (RuntimeException | Error e) {
            failure = e;
            stopped = true;
        }
        files.incrementAndGet();
    }

    private void found(Mismatch mismatch) {
        findings.add(mismatch);
        stopped |= untilFirst;
    }

    private void read(long count) {
        long now = bytes.addAndGet(count);
        if (now / REPORT_BYTES != (now - count) / REPORT_BYTES) {
            synchronized (this) {
                progress.checked(now);
            }
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
