package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Moves the files of a spool on into a {@link Depot}, one after the other, in a thread of its own. A file leaves the spool
 * when the depot has it; until then the server is not told that it may forget what is in it.
 *
 * <p>A depot that takes nothing now is asked again and again. What a receiver brings meanwhile waits in the spool, up to a
 * number of files; then it is full, and the receiver has to stop until there is room.
 */
final class Shipment implements AutoCloseable {

    /** Is told what happens, in the shipment's thread. */
    interface Listener {
        /** The depot has one more file. */
        void stored(String name);

        /** The depot takes nothing now; told once, until it does again. */
        void refused(String reason, int waiting, Duration retry);

        /** It cannot go on: see {@link #failure}. */
        void failed();
    }

    /** @param stays whether the file stays in the spool when the depot has it, for it is still written to */
    private record Waiting(String name, boolean stays) {}

    private static final String PARTIAL = ".partial";

    private final Path spool;
    private final Depot depot;
    private final int waitingMax;
    private final Duration retry;
    private final Listener listener;
    private final Thread thread;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean ending;
    private boolean refused;
    private @Nullable IOException failure;
    private @Nullable String newestStored;

    private Shipment(Path spool, Depot depot, int waitingMax, Duration retry, Listener listener) {
        this.spool = spool;
        this.depot = depot;
        this.waitingMax = waitingMax;
        this.retry = retry;
        this.listener = listener;
        this.thread = new Thread(this::run, "wal-shipment");
        this.thread.setDaemon(true);
    }

    /**
     * Starts with what earlier runs left in the spool.
     *
     * @param waitingMax how many files may wait
     * @param retry how long after a refusal the depot is asked again
     */
    static Shipment start(Path spool, Depot depot, int waitingMax, Duration retry, Listener listener)
            throws IOException {
        Shipment shipment = new Shipment(spool, depot, waitingMax, retry, listener);
        for (String name : names(spool)) {
            if (ResumePoint.isWhole(name)) {
                shipment.add(name);
            }
        }
        shipment.thread.start();
        return shipment;
    }

    /** Oldest first; what says where a timeline comes from before its segments. */
    private static List<String> names(Path spool) throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted((one, other) -> {
                        int histories = Boolean.compare(other.endsWith(".history"), one.endsWith(".history"));
                        return histories == 0 ? one.compareTo(other) : histories;
                    })
                    .toList();
        }
    }

    /** A file of the spool is complete. */
    void add(String name) {
        add(new Waiting(name, false));
    }

    private synchronized void add(Waiting file) {
        waiting.removeIf(file::equals);
        waiting.add(file);
        notifyAll();
    }

    /** The segments that are not complete are to be safe too, as far as they go; they stay in the spool. */
    void addPartials() throws IOException {
        for (String name : names(spool)) {
            if (name.endsWith(PARTIAL)) {
                add(new Waiting(name, true));
            }
        }
    }

    /** Whether no more files may come. */
    synchronized boolean isFull() {
        return waiting.size() >= waitingMax;
    }

    /** Waits until there is room for some more files, or it has failed, or nobody wants that any more. */
    synchronized void awaitRoom(BooleanSupplier unwanted) throws IOException {
        while (waiting.size() > waitingMax / 2 && failure == null && !unwanted.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while WAL waited for " + depot.location(), e);
            }
        }
    }

    /** Lets those who wait for room look again whether they want it. */
    synchronized void wake() {
        notifyAll();
    }

    /**
     * Up to where the server may forget its WAL, though more of it is durable in the spool: not beyond the beginning of a
     * complete segment that waits. The segment that is being written may be told as far as it goes, for the server keeps
     * a segment until all of it is told.
     */
    synchronized Lsn safe(Lsn flushed, int segmentSize) {
        Lsn safe = flushed;
        for (Waiting file : waiting) {
            if (ResumePoint.isSegment(file.name())) {
                Lsn start = SegmentName.parse(file.name().substring(0, 24), segmentSize)
                        .start();
                safe = start.isBefore(safe) ? start : safe;
            }
        }
        return safe;
    }

    /** What the depot was given last, of segments. */
    synchronized Optional<String> newestStored() {
        return Optional.ofNullable(newestStored);
    }

    /** Why it cannot go on. */
    synchronized Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Ends it: everything that waits, and what there is of the last segment, is offered once more.
     *
     * @throws IOException if the depot did not take all of it
     */
    void finish() throws IOException {
        addPartials();
        synchronized (this) {
            ending = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while WAL waited for " + depot.location(), e);
        }
        Optional<IOException> why = failure();
        if (why.isPresent()) {
            throw why.get();
        }
    }

    private void run() {
        try {
            for (Waiting next = next(); next != null; next = next()) {
                if (ship(next)) {
                    done(next);
                }
            }
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new IOException("interrupted while WAL was stored", e));
        } catch (RuntimeException e) {
            fail(new IOException("WAL could not be stored: " + e, e));
        }
    }

    /** Null when there is nothing more to come. */
    private synchronized @Nullable Waiting next() throws InterruptedException {
        while (waiting.isEmpty() && !ending) {
            wait();
        }
        return waiting.peek();
    }

    /** Whether the depot has it now. */
    private boolean ship(Waiting file) throws IOException, InterruptedException {
        Path path = spool.resolve(file.name());
        if (file.stays() && !Files.exists(path)) {
            return true; // it is complete by now, and waits under another name
        }
        boolean wasEnding = isEnding();
        try {
            if (file.name().endsWith(PARTIAL)) {
                depot.storePartial(path, file.name());
            } else {
                depot.store(path, file.name());
            }
            return true;
        } catch (Depot.Unavailable e) {
            if (wasEnding || isEnding()) {
                throw new IOException(
                        e.getMessage() + "; " + waiting() + " left in \"" + spool
                                + "\", and the next run with this spool stores them",
                        e);
            }
            pause(e);
            return false;
        }
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    private synchronized String waiting() {
        return waiting.size() == 1 ? "1 file is" : waiting.size() + " files are";
    }

    private void pause(Depot.Unavailable why) throws InterruptedException {
        boolean isNew;
        int files;
        synchronized (this) {
            isNew = !refused;
            refused = true;
            files = waiting.size();
        }
        if (isNew) {
            listener.refused(String.valueOf(why.getMessage()), files, retry);
        }
        synchronized (this) {
            long until = System.nanoTime() + retry.toNanos();
            for (long left = retry.toMillis();
                    left > 0 && !ending;
                    left = Duration.ofNanos(until - System.nanoTime()).toMillis()) {
                wait(left);
            }
        }
    }

    private void done(Waiting file) throws IOException {
        synchronized (this) {
            refused = false;
            if (ResumePoint.isSegment(file.name())) {
                newestStored = file.name();
            }
        }
        if (!file.stays()) {
            Files.deleteIfExists(spool.resolve(file.name()));
        }
        synchronized (this) {
            waiting.remove(file);
            notifyAll();
        }
        listener.stored(file.name());
    }

    private void fail(IOException e) {
        synchronized (this) {
            failure = e;
            notifyAll();
        }
        listener.failed();
    }

    /** Ends it where it is. What waits stays in the spool. */
    @Override
    public void close() {
        synchronized (this) {
            ending = true;
            waiting.clear();
            notifyAll();
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
