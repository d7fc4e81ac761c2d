package dev.pitrproof.archive;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Brings what a server will ask for into a directory, as many files at a time as the store likes best. */
final class Staging {

    private final ArchiveStore store;
    private final Path into;
    private final int segmentSize;

    private Staging(ArchiveStore store, Path into, int segmentSize) {
        this.store = store;
        this.into = into;
        this.segmentSize = segmentSize;
    }

    static void of(Collection<String> fileNames, ArchiveStore store, Path into, int segmentSize) throws IOException {
        Staging staging = new Staging(store, into, segmentSize);
        Collection<String> names = new LinkedHashSet<>(fileNames);
        int threads = Math.min(store.readersMax(), names.size());
        if (threads > 1) {
            staging.withThreads(names, threads);
        } else {
            for (String name : names) {
                staging.one(name);
            }
        }
    }

    private void one(String name) throws IOException {
        Optional<ArchivedFile> file = ArchivedFile.find(store, name);
        if (file.isPresent()) {
            StagedFile.write(file.get(), into.resolve(name), segmentSize);
        }
    }

    /** The first failure ends it, when what is under way has come to its end. */
    private void withThreads(Collection<String> names, int threads) throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (String name : names) {
                Callable<String> one = () -> {
                    one(name);
                    return name;
                };
                all.add(pool.submit(one));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while WAL was fetched");
        } finally {
            end(pool);
        }
    }

    private static IOException failure(ExecutionException e) {
        if (e.getCause() instanceof IOException failure) {
            return failure;
        }
        if (e.getCause() instanceof RuntimeException failure) {
            throw failure;
        }
        return new IOException("cannot fetch WAL: " + e.getCause(), e);
    }

    /** Nothing may be written into the directory any more when this returns. */
    private static void end(ExecutorService pool) {
        pool.shutdownNow().clear();
        boolean interrupted = Thread.interrupted();
        boolean ended = false;
        while (!ended) {
            try {
                ended = pool.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
