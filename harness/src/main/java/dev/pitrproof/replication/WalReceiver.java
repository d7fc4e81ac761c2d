package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Receives WAL into a directory, in a thread of its own, until it is told where to stop.
 *
 * <p>It owns its connection. Only what is durable is reported as flushed, because the slot lets go of it. When a timeline
 * ends it goes on with the next one, whose history file it keeps; the old timeline's last segment stays partial. It does
 * not reconnect: a lost connection is a failure, which {@link #await} and {@link #failure} report.
 *
 * <p>Where the directory is a spool, only what the {@link Shipment} has brought away is told as flushed, and it stops when
 * there is no room for another segment.
 */
public final class WalReceiver implements AutoCloseable {

    private final ReplicationConnection connection;
    private final WalReceiverRequest request;
    private final FinishedFiles finished;
    private final int segmentSize;
    private final HistoryFiles histories;
    private final SegmentBeginning beginning;
    private final Thread thread;
    private final Object progress = new Object();

    private volatile TimelineId timeline;
    private volatile Lsn written;
    private volatile Lsn flushed;
    private volatile @Nullable Lsn stop;
    private volatile @Nullable WalStream stream;
    private volatile @Nullable IOException failure;
    private @Nullable SegmentFile segment;

    private WalReceiver(
            ReplicationConnection connection,
            WalReceiverRequest request,
            FinishedFiles finished,
            int segmentSize,
            long systemIdentifier) {
        this.connection = connection;
        this.request = request;
        this.finished = finished;
        this.segmentSize = segmentSize;
        this.histories = new HistoryFiles(connection, request.directory(), request.sync());
        this.beginning = new SegmentBeginning(systemIdentifier);
        this.written = SegmentName.holding(request.timeline(), request.from(), segmentSize)
                .start();
        this.flushed = written;
        this.timeline = request.timeline();
        this.thread = new Thread(this::run, "wal-receiver");
        this.thread.setDaemon(true);
    }

    /** Starts receiving. The connection is closed with the receiver. */
    public static WalReceiver start(ReplicationConnection connection, WalReceiverRequest request) throws IOException {
        return start(connection, request, null);
    }

    /** @param shipment brings away what is complete; null if it stays in the directory */
    static WalReceiver start(ReplicationConnection connection, WalReceiverRequest request, @Nullable Shipment shipment)
            throws IOException {
        long systemIdentifier = connection.identifySystem().systemIdentifier();
        WalReceiver receiver = new WalReceiver(
                connection,
                request,
                new FinishedFiles(request, shipment),
                connection.walSegmentSize(),
                systemIdentifier);
        receiver.thread.start();
        return receiver;
    }

    /** The position behind the last byte that was written to a file. */
    public Lsn writtenLsn() {
        return written;
    }

    /** Behind the last byte that is durable, or written if no sync was asked for; goes back where a timeline begins. */
    public Lsn flushedLsn() {
        return flushed;
    }

    /** The timeline that is being received. */
    public TimelineId timeline() {
        return timeline;
    }

    /** Tells the server how far it is; a connection that is gone is noticed by the thread that reads. */
    public void reportStatus() {
        WalStream running = stream;
        if (running != null) {
            try {
                tell(running, false);
            } catch (IOException e) {
                // its thread says so
            }
        }
    }

    private void tell(WalStream to, boolean wantReply) throws IOException {
        to.sendStatus(written, safe(), wantReply);
    }

    /** What the server may forget. */
    private Lsn safe() {
        return finished.safe(flushed, segmentSize);
    }

    /** What ended the receiver, if it did not end as it was told. */
    public Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Tells it to stop once everything before {@code end} has been received; returns at once. The last segment is kept as
     * {@link WalReceiverRequest#dataDirectory} says.
     */
    public void stopAt(Lsn end) {
        stop = end;
        WalStream running = stream;
        if (running != null) {
            try {
                // its thread may wait for WAL that never comes: the server's answer wakes it up
                tell(running, true);
            } catch (IOException e) {
                // then the connection is gone, and its thread says so
            }
        }
    }

    /** Tells it to stop where it is; returns at once. */
    public void stop() {
        stopAt(Lsn.INVALID);
    }

    /** Waits for a while until it has stopped, and says whether it has. */
    boolean awaitEnd(Duration atMost) throws IOException {
        try {
            thread.join(Math.max(1, atMost.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            connection.abort();
            throw new IOException("interrupted while receiving WAL", e);
        }
        return !thread.isAlive();
    }

    /** Waits until it has stopped. */
    public void await() throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            connection.abort();
            throw new IOException("interrupted while waiting for the WAL receiver", e);
        }
        IOException ended = failure;
        if (ended != null) {
            throw ended;
        }
    }

    /**
     * Waits until everything before {@code end} is durable here.
     *
     * @return false if it was not in time
     * @throws IOException what ended the receiver, if it has failed
     */
    public boolean awaitFlushed(Lsn end, Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (progress) {
            while (flushed.isBefore(end)) {
                IOException ended = failure;
                if (ended != null) {
                    throw ended;
                }
                long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (millis <= 0 || !thread.isAlive()) {
                    return false;
                }
                try {
                    progress.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    /** Cuts it off if it still runs. */
    @Override
    public void close() {
        connection.abort();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean asTold = false;
        try (connection) {
            receive();
            asTold = true;
        } catch (IOException e) {
            failure = e;
        } catch (UncheckedIOException e) {
            failure = e.getCause();
        } catch (RuntimeException e) {
            failure = new IOException("the WAL receiver failed: " + e, e);
        } finally {
            if (!asTold && failure == null) {
                // an Error of the JVM: nobody must take what there is for complete
                failure = new IOException("the WAL receiver ended unexpectedly");
            }
            closeSegment();
            synchronized (progress) {
                progress.notifyAll();
            }
        }
    }

    private void closeSegment() {
        try (SegmentFile open = segment) {
            segment = null;
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    private void receive() throws IOException {
        TimelineHistory.@Nullable Switch from = null;
        while (true) {
            TimelineId current = timeline;
            Lsn begin = written;
            if (histories.keep(current, from)) {
                finished.keptHistory(current);
            }
            WalStream started = connection.startReplication(request.slot(), written, current);
            stream = started;
            if (receiveTimeline(started, current)) {
                return;
            }
            NextTimeline next = started.nextTimeline()
                    .orElseThrow(() -> new ReplicationException(
                            "the server ended the stream without naming a next" + " timeline"));
            requireSuccessor(next, current, begin);
            from = new TimelineHistory.Switch(current, next.start(), "");
            // half a record of the old timeline stays behind in its own file
            SegmentFile last = segment;
            closeSegment();
            if (last != null) {
                finished.leave(last);
            }
            written = SegmentName.holding(next.timeline(), next.start(), segmentSize)
                    .start();
            flushedThrough(written); // what was durable behind it is the old timeline's
            timeline = next.timeline();
        }
    }

    /**
     * Else we would go in circles, or back to where nobody has asked for.
     *
     * @param begin from where the timeline that has ended was received
     */
    private void requireSuccessor(NextTimeline next, TimelineId ended, Lsn begin) throws ReplicationException {
        if (next.timeline().compareTo(ended) <= 0) {
            throw new ReplicationException(
                    "the server names timeline " + next.timeline() + " as the one behind timeline " + ended);
        }
        if (next.start().isAfter(written)) {
            throw new ReplicationException("the server has ended timeline " + ended + " at " + written
                    + ", but says that timeline " + next.timeline() + " begins at " + next.start());
        }
        if (next.start().isBefore(begin)) {
            throw new ReplicationException("the server has sent timeline " + ended + " from " + begin
                    + ", but says that timeline " + next.timeline() + " begins at " + next.start() + " before that");
        }
    }

    /** Returns whether the place to stop at was reached; if not, the timeline has ended. */
    private boolean receiveTimeline(WalStream from, TimelineId timeline) throws IOException {
        while (true) {
            if (shallStop()) {
                finish(from);
                return true;
            }
            switch (from.next()) {
                case DATA -> write(from, timeline);
                case KEEPALIVE -> {
                    if (from.replyRequested()) {
                        flush();
                        reply(from);
                    }
                }
                case END_OF_TIMELINE -> {
                    flush();
                    return false;
                }
            }
        }
    }

    /**
     * A server that shuts down asks like this, and goes when all is flushed that it has sent, or written if nothing is told
     * of flushing ({@code WalSndDone} of walsender.c). What only waits for a depot must not hold it up.
     */
    private void reply(WalStream to) throws IOException {
        Lsn safe = safe();
        to.sendStatus(written, safe.isBefore(flushed) ? Lsn.INVALID : safe, false);
    }

    private boolean shallStop() {
        Lsn end = stop;
        // to stop reading only would hold up a server that shuts down
        return (end != null && !written.isBefore(end)) || (segment == null && finished.isFull());
    }

    private void write(WalStream from, TimelineId timeline) throws IOException {
        if (!from.start().equals(written)) {
            throw new ReplicationException("the server sent WAL from " + from.start() + ": expected " + written);
        }
        ByteBuffer data = from.data();
        int end = data.limit();
        while (data.position() < end) {
            SegmentName name = SegmentName.holding(timeline, written, segmentSize);
            beginning.check(name, written, data);
            SegmentFile file = segment;
            if (file == null) {
                file = SegmentFile.open(request.directory(), name, request.sync());
                segment = file;
            }
            int count = (int) Math.min(end - data.position(), file.end().minus(written));
            data.limit(data.position() + count);
            file.write(written, data);
            data.limit(end);
            written = written.plus(count);
            if (written.equals(file.end())) {
                complete(file);
                tell(from, false);
                if (shallStop()) {
                    return;
                }
            }
        }
        if (request.flushOften() && !from.hasBuffered()) {
            flush();
            tell(from, false);
        }
    }

    private void complete(SegmentFile file) throws IOException {
        segment = null;
        finished.complete(file, written.equals(file.end()));
        flushedThrough(written);
    }

    private void flush() throws IOException {
        SegmentFile file = segment;
        if (file != null && flushed.isBefore(written)) {
            file.flush();
            flushedThrough(written);
        }
    }

    private void flushedThrough(Lsn end) {
        synchronized (progress) {
            flushed = end;
            progress.notifyAll();
        }
    }

    private void finish(WalStream from) throws IOException {
        SegmentFile file = segment;
        if (file != null && request.dataDirectory()) {
            complete(file);
        } else {
            flush();
        }
        tell(from, false);
        from.finish();
    }
}
