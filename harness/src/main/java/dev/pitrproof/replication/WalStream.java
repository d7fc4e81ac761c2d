package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The copy-both conversation of START_REPLICATION on one timeline; see "Streaming Replication Protocol" in the manual
 * and {@code src/backend/replication/walsender.c}.
 */
final class WalStream {

    /** What {@link #next} found. */
    enum Event {
        /** WAL: see {@link #start} and {@link #data}. */
        DATA,
        /** A sign of life: see {@link #replyRequested}. */
        KEEPALIVE,
        /** The timeline is at its end, and so is this stream. */
        END_OF_TIMELINE
    }

    private static final String COMMAND = "START_REPLICATION";
    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    /** What may have been under way when the server was told to end: more than sockets buffer. */
    private static final long DROPPED_BYTES_MAX = 1L << 30;

    private static final int STATUS_BYTES = 1 + 4 * Long.BYTES + 1;

    /** How many signs of life may come in a row within so short a time; a server gives one or two a minute. */
    private static final int KEEPALIVES_MAX = 10_000;

    private static final Duration KEEPALIVES_WITHIN = Duration.ofSeconds(10);

    private final MessageStream messages;
    private final Runnable whenReady;
    private boolean ended;
    private Lsn start = Lsn.INVALID;
    private boolean replyRequested;
    private int keepalives;
    private long firstKeepaliveNanos;
    private Optional<NextTimeline> nextTimeline = Optional.empty();

    /** @param whenReady runs when the server is ready for the next command */
    WalStream(MessageStream messages, Runnable whenReady) {
        this.messages = messages;
        this.whenReady = whenReady;
    }

    void begin() throws IOException {
        byte type = messages.next();
        switch (type) {
            case 'W' -> {}
            case 'T' -> {
                // a historic timeline, asked for from its very end: nothing to copy
                readNextTimeline();
                messages.skipToReady();
                end();
            }
            case 'E' -> throw messages.error();
            default -> throw MessageStream.unexpected(type, COMMAND);
        }
    }

    Event next() throws IOException {
        if (ended) {
            return Event.END_OF_TIMELINE;
        }
        byte type = messages.next();
        switch (type) {
            case 'd' -> {
                return readCopyData();
            }
            case 'c' -> {
                messages.sendCopyDone();
                passOverCopyData();
                readNextTimeline();
                messages.skipToReady();
                end();
                return Event.END_OF_TIMELINE;
            }
            // a server that shuts down completes the command without ending the copy, and leaves
            case 'C' -> throw new ReplicationException("the server has shut down");
            case 'E' -> throw messages.error();
            default -> throw MessageStream.unexpected(type, COMMAND);
        }
    }

    private Event readCopyData() throws IOException {
        try {
            return readTypedData();
        } catch (BufferUnderflowException e) {
            throw MessageStream.tooShort("a message of the WAL stream", e);
        }
    }

    private Event readTypedData() throws IOException {
        ByteBuffer body = messages.body();
        byte type = body.get();
        switch (type) {
            case 'w' -> {
                start = new Lsn(body.getLong());
                body.getLong(); // the end of WAL on the server
                body.getLong(); // the server's clock
                keepalives = 0;
                return Event.DATA;
            }
            case 'k' -> {
                body.getLong();
                body.getLong();
                replyRequested = body.get() != 0;
                countKeepalive();
                return Event.KEEPALIVE;
            }
            default -> throw MessageStream.unexpected(type, COMMAND);
        }
    }

    /** A peer that sends nothing else would keep us busy for ever, with answers too. */
    private void countKeepalive() throws ReplicationException {
        if (keepalives == 0) {
            firstKeepaliveNanos = System.nanoTime();
        }
        keepalives++;
        if (keepalives >= KEEPALIVES_MAX) {
            if (System.nanoTime() - firstKeepaliveNanos < KEEPALIVES_WITHIN.toNanos()) {
                throw new ReplicationException("the server has sent " + KEEPALIVES_MAX + " keepalives in a row within "
                        + KEEPALIVES_WITHIN.toSeconds() + " seconds, and no WAL");
            }
            keepalives = 0;
        }
    }

    /**
     * Up to the result: until it has seen our end of the copying, the server may still give a sign of life, though it has
     * ended its own ({@code WalSndKeepaliveIfNecessary} of walsender.c).
     */
    private void passOverCopyData() throws IOException {
        for (int count = 0; count < KEEPALIVES_MAX; count++) {
            byte type = messages.next();
            if (type == 'T') {
                return;
            } else if (type == 'E') {
                throw messages.error();
            } else if (type != 'd') {
                throw MessageStream.unexpected(type, COMMAND);
            }
        }
        throw new ReplicationException("the server does not say what comes behind the end of its timeline");
    }

    private void readNextTimeline() throws IOException {
        List<Row> rows = Row.readRows(messages, COMMAND);
        if (!rows.isEmpty()) {
            Row row = rows.get(0);
            nextTimeline = Optional.of(new NextTimeline(row.timeline(0), row.lsn(1)));
        }
    }

    private void end() {
        ended = true;
        whenReady.run();
    }

    /** The position of the first byte of {@link #data}. */
    Lsn start() {
        return start;
    }

    /** The bytes as they stand in the segment; lent until the next call of {@link #next}. */
    ByteBuffer data() {
        return messages.body();
    }

    /** Whether more has been received already, so that {@link #next} may not have to wait. */
    boolean hasBuffered() {
        return messages.hasBuffered();
    }

    /** Whether the server closes the connection unless we soon send a status. */
    boolean replyRequested() {
        return replyRequested;
    }

    /** After the end of a timeline: the one to go on with. */
    Optional<NextTimeline> nextTimeline() {
        return nextTimeline;
    }

    /**
     * Tells the server how far we are. May be called while another thread waits in {@link #next}.
     *
     * @param written the next byte to be written
     * @param flushed the next byte to be made durable: what lies before it the slot may forget
     * @param wantReply whether the server shall answer at once, by which {@link #next} returns
     */
    void sendStatus(Lsn written, Lsn flushed, boolean wantReply) throws IOException {
        ByteBuffer status = ByteBuffer.allocate(STATUS_BYTES)
                .put((byte) 'r')
                .putLong(written.value())
                .putLong(flushed.value())
                .putLong(Lsn.INVALID.value()) // we apply nothing
                .putLong(ChronoUnit.MICROS.between(POSTGRES_EPOCH, Instant.now()))
                .put((byte) (wantReply ? 1 : 0));
        messages.sendCopyData(status.flip());
    }

    /** Ends the stream from our side; what the server had under way already is dropped. */
    void finish() throws IOException {
        messages.sendCopyDone();
        byte type = messages.next();
        long dropped = 0;
        while (type == 'd') {
            dropped += messages.body().remaining();
            if (dropped > DROPPED_BYTES_MAX) {
                throw new ReplicationException("the server does not end its stream of WAL, though it was told to");
            }
            type = messages.next();
        }
        if (type == 'E') {
            throw messages.error();
        }
        messages.skipToReady();
        end();
    }
}
