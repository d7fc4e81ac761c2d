package dev.pitrproof.replication;

import dev.pitrproof.compression.CompressionLevel;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Receives WAL into a directory for as long as it is wanted, as pg_receivewal does: where the connection is lost it
 * connects again, and goes on where the directory ends. What connecting again cannot mend ends it: a slot that is gone,
 * WAL that the server has removed, another cluster.
 *
 * <p>The directory may be the spool of a {@link Depot}: then what is complete moves on there, and is acknowledged when it
 * is there and not before. Of the segment that is being written what is durable in the spool is acknowledged; should the
 * spool be lost, the server still has that segment. It is stored, as far as it goes, when the connection is lost and at the
 * end.
 */
public final class ContinuousReceiver {

    /**
     * What to receive.
     *
     * @param directory exists
     * @param slot the slot to stream from; null: none, and the server may remove WAL before it has been received
     * @param end where to stop; empty: at {@link #stop}
     * @param synchronous whether everything is made durable and acknowledged as soon as it has come
     * @param sync whether anything is made durable at all
     * @param compression of whole segments
     * @param retry how long after a lost connection another one is tried; empty: it is the end
     * @param status how often the server is told how far we are
     * @param systemIdentifier the cluster whose WAL is in the directory or the depot already, if there is any
     * @param onward where WAL goes on to; empty if it stays in the directory
     */
    public record Request(
            Path directory,
            @Nullable String slot,
            Optional<Lsn> end,
            boolean synchronous,
            boolean sync,
            CompressionLevel compression,
            Optional<Duration> retry,
            Duration status,
            OptionalLong systemIdentifier,
            Optional<Onward> onward) {

        /** Where the WAL is kept, for messages. */
        String place() {
            return onward.map(there -> there.depot().location()).orElse(directory.toString());
        }
    }

    /**
     * Where WAL goes on to.
     *
     * @param filesMax how many files may wait in the directory before no more is received
     * @param retry how long after a refusal the depot is asked again
     */
    public record Onward(Depot depot, int filesMax, Duration retry) {}

    /** Is told what happens. */
    public interface Observer {
        /** WAL is about to be received from here. */
        void started(Lsn from, TimelineId timeline);

        /** So much of it has been received; called every now and then. */
        void reached(Lsn position, TimelineId timeline);

        /** The connection is lost; another one is tried after a while. */
        void lost(String reason, Duration retry);

        /** The depot has one more file; called by another thread. */
        default void stored(String name) {}

        /** The depot takes nothing for now, and so many files wait; called by another thread, once until it takes one. */
        default void refused(String reason, int waiting, Duration retry) {}

        /** As many files wait as may: nothing is received until some are stored. */
        default void full() {}
    }

    /** SQLSTATEs that will be the same next time. */
    private static final Set<String> FOR_GOOD = Set.of(
            "58P01", // undefined_file: the WAL has been removed
            "42704", // undefined_object: there is no such slot
            "55000", // object_not_in_prerequisite_state: the slot has been invalidated
            "42501", // insufficient_privilege
            "28000", // invalid_authorization_specification
            "28P01"); // invalid_password

    private final ConnectionSettings settings;
    private final Request request;
    private final Observer observer;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable WalReceiver receiver;
    private volatile @Nullable Shipment shipment;
    private List<String> inDepot = List.of();
    private OptionalLong systemIdentifier;

    /** Assigns only. */
    public ContinuousReceiver(ConnectionSettings settings, Request request, Observer observer) {
        this.settings = settings;
        this.request = request;
        this.observer = observer;
        this.systemIdentifier = request.systemIdentifier();
    }

    /**
     * Tells it to stop where it is; returns at once. {@link #receive} returns when all that came is durable, and was
     * offered to the depot.
     */
    public void stop() {
        stopping.countDown();
        Shipment moving = shipment;
        if (moving != null) {
            moving.wake();
        }
        WalReceiver running = receiver;
        if (running != null) {
            running.stop();
        }
    }

    /**
     * Receives until it is told to stop, or the end is reached.
     *
     * @throws IOException if it cannot go on, or the depot did not take all that was received
     */
    public void receive() throws IOException {
        Optional<Onward> onward = request.onward();
        if (onward.isEmpty()) {
            receiveInPlace();
            return;
        }
        Depot depot = onward.get().depot();
        inDepot = depot.fileNames();
        try (Shipment started = Shipment.start(
                request.directory(),
                depot,
                onward.get().filesMax(),
                onward.get().retry(),
                new Shipped())) {
            shipment = started;
            try {
                receiveInPlace();
            } catch (IOException e) {
                finish(started, e);
                throw e;
            }
            started.finish();
        }
    }

    /** Whatever ended it: what was received is better in the depot than here. */
    private static void finish(Shipment started, IOException because) {
        try {
            started.finish();
        } catch (IOException e) {
            if (!e.equals(because)) {
                because.addSuppressed(e);
            }
        }
    }

    private final class Shipped implements Shipment.Listener {
        @Override
        public void stored(String name) {
            observer.stored(name);
            WalReceiver running = receiver;
            if (running != null) {
                running.reportStatus();
            }
        }

        @Override
        public void refused(String reason, int waiting, Duration retry) {
            observer.refused(reason, waiting, retry);
        }

        @Override
        public void failed() {
            WalReceiver running = receiver;
            if (running != null) {
                running.stop();
            }
        }
    }

    private void receiveInPlace() throws IOException {
        boolean connectedBefore = false;
        while (!isStopping()) {
            try {
                if (connectAndReceive()) {
                    return;
                }
                awaitRoom();
            } catch (ForeignCluster e) {
                throw e;
            } catch (IOException e) {
                connectedBefore |= receiver != null;
                Duration wait = request.retry().orElse(null);
                if (wait == null || isForGood(e) || !connectedBefore) {
                    throw e;
                }
                Shipment running = shipment;
                if (running != null && receiver != null) {
                    running.addPartials(); // the server may never come back
                }
                receiver = null;
                observer.lost(String.valueOf(e.getMessage()), wait);
                pause(wait);
            }
        }
    }

    private void requireShipment() throws IOException {
        Shipment running = shipment;
        Optional<IOException> failure = running == null ? Optional.empty() : running.failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private static final class ForeignCluster extends IOException {
        private static final long serialVersionUID = 1L;

        ForeignCluster(String message) {
            super(message);
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private static boolean isForGood(IOException e) {
        return !(e instanceof ReplicationException refused)
                || (refused.sqlState() != null && FOR_GOOD.contains(refused.sqlState()));
    }

    private void pause(Duration wait) throws IOException {
        try {
            stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for another connection", e);
        }
    }

    /** The server is left alone meanwhile, for it may want to shut down. */
    private void awaitRoom() throws IOException {
        Shipment moving = shipment;
        if (moving != null) {
            observer.full();
            moving.awaitRoom(this::isStopping);
        }
    }

    /** Whether that was all; else there is no room for more. */
    private boolean connectAndReceive() throws IOException {
        requireShipment();
        ReplicationConnection connection = ReplicationConnection.open(settings);
        WalReceiver started;
        try {
            ResumePoint from = resumePoint(connection);
            observer.started(from.position(), from.timeline());
            started = WalReceiver.start(
                    connection,
                    new WalReceiverRequest(
                            request.directory(),
                            from.position(),
                            from.timeline(),
                            request.slot(),
                            false,
                            request.sync(),
                            request.synchronous(),
                            request.compression()),
                    shipment);
        } catch (IOException e) {
            connection.close();
            throw e;
        }
        try (started) {
            receiver = started;
            request.end().ifPresent(started::stopAt);
            if (isStopping()) {
                started.stop();
            }
            while (!started.awaitEnd(request.status())) {
                started.reportStatus();
                observer.reached(started.writtenLsn(), started.timeline());
            }
            started.await();
            requireShipment();
            return isStopping()
                    || request.end()
                            .filter(end -> !started.writtenLsn().isBefore(end))
                            .isPresent();
        }
    }

    private ResumePoint resumePoint(ReplicationConnection connection) throws IOException {
        SystemIdentity system = connection.identifySystem();
        if (systemIdentifier.isPresent() && systemIdentifier.getAsLong() != system.systemIdentifier()) {
            throw new ForeignCluster("the server's system identifier is "
                    + Long.toUnsignedString(system.systemIdentifier()) + ": \"" + request.place() + "\" holds WAL of "
                    + Long.toUnsignedString(systemIdentifier.getAsLong())
                    + "\nHINT: receive each cluster's WAL into a place of its own");
        }
        systemIdentifier = OptionalLong.of(system.systemIdentifier());
        int segmentSize = connection.walSegmentSize();
        Optional<ResumePoint> newest = ResumePoint.in(request.directory(), this::inDepot, segmentSize);
        if (newest.isPresent()) {
            return newest.get();
        }
        String slot = request.slot();
        if (slot != null && connection.serverMajor() >= 15) {
            SlotPosition position = connection
                    .readSlot(slot)
                    .orElseThrow(() -> new ReplicationException(
                            "replication slot \"" + slot + "\" does not exist\nHINT: create it with --create-slot",
                            "42704",
                            null));
            if (position.restartLsn().isPresent()) {
                return at(
                        position.restartLsn().get(), position.restartTimeline().orElse(system.timeline()), segmentSize);
            }
        }
        return at(system.flushLsn(), system.timeline(), segmentSize);
    }

    /** What was in the depot at first, and what came last. */
    private List<String> inDepot() {
        Shipment running = shipment;
        Stream<String> moved = running == null ? Stream.empty() : running.newestStored().stream();
        return Stream.concat(inDepot.stream(), moved).toList();
    }

    private static ResumePoint at(Lsn position, TimelineId timeline, int segmentSize) throws ReplicationException {
        SegmentName segment = SegmentName.holding(timeline, position, segmentSize);
        if (position.isInvalid() || segment.end().isInvalid()) {
            throw new ReplicationException("the server says that its WAL is at " + position
                    + ": expected a position between the first and the last that there can be");
        }
        return new ResumePoint(segment.start(), timeline);
    }
}
