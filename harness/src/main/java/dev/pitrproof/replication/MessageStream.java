package dev.pitrproof.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Frames of the frontend/backend protocol, version 3: a type byte, an int32 length that counts itself, a body.
 *
 * <p>Bodies are parsed in place, in the one buffer that the socket is read into; nothing is allocated per message. Only
 * one thread reads. Writing is safe beside it: the WAL receiver is asked from outside to wake up its server.
 */
final class MessageStream {

    private static final int CAPACITY_BYTES = 1 << 20;
    private static final int HEADER_BYTES = 5;
    /** The largest message that can be meant seriously: a walsender sends pieces of at most 128 kB. */
    private static final int MESSAGE_BYTES_MAX = 1 << 24;
    /** How many notices, and other messages that say nothing, may come in a row. */
    private static final int ASIDES_MAX = 10_000;
    /** How many messages may come between the end of a command, or its error, and ReadyForQuery. */
    private static final int LEFTOVERS_MAX = 10_000;
    /** A read that brought less than this has emptied the socket's buffer. */
    private static final int SHORT_READ_BYTES = 64 * 1024;

    private final Transport transport;
    private final Consumer<ServerMessage> notices;
    private final Object writing = new Object();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY_BYTES);
    private ByteBuffer body = buffer.duplicate();
    private int unread;
    private int filled;
    private int lastRead = SHORT_READ_BYTES;
    private long pauseNanos;

    /** @param notices is told the notices and warnings, which the server may send between any two messages */
    MessageStream(Transport transport, Consumer<ServerMessage> notices) {
        this.transport = transport;
        this.notices = notices;
    }

    /**
     * Lets the server get ahead after a short read, for this long. A reader that is too fast sleeps in the kernel after
     * each 8 kB, and the server pays for waking it: fewer, larger reads are quicker for both. 0 switches it off.
     */
    void pauseAfterShortReads(long nanos) {
        pauseNanos = nanos;
    }

    /** Waits for the next message that belongs to the conversation and returns its type. */
    byte next() throws IOException {
        for (int asides = 0; asides <= ASIDES_MAX; asides++) {
            require(HEADER_BYTES);
            byte type = buffer.get(unread);
            int length = buffer.getInt(unread + 1);
            if (length < Integer.BYTES || length > MESSAGE_BYTES_MAX) {
                throw new ReplicationException("message of type " + shown(type) + " claims " + length
                        + " bytes: the connection does not speak PostgreSQL's protocol");
            }
            require(1 + length);
            body.clear().position(unread + HEADER_BYTES).limit(unread + 1 + length);
            unread += 1 + length;
            switch (type) {
                case 'N' -> notices.accept(ServerMessage.parse(body));
                case 'S', 'A' -> {} // a parameter changed, a notification: nothing we would act on
                default -> {
                    return type;
                }
            }
        }
        throw new ReplicationException(
                "the server has sent " + ASIDES_MAX + " notices and parameters in a row, and nothing else");
    }

    /** The body of the message that {@link #next} returned; valid until the next call. */
    ByteBuffer body() {
        return body;
    }

    /** Whether bytes of a further message have been received already. */
    boolean hasBuffered() {
        return filled > unread;
    }

    private void require(int bytes) throws IOException {
        if (filled - unread >= bytes) {
            return;
        }
        if (unread == filled) {
            unread = 0;
            filled = 0;
        }
        if (buffer.capacity() - unread < bytes) {
            moveToFront(bytes);
        }
        while (filled - unread < bytes) {
            if (pauseNanos > 0 && lastRead < SHORT_READ_BYTES) {
                LockSupport.parkNanos(pauseNanos);
            }
            buffer.clear().position(filled);
            lastRead = read();
            if (lastRead < 0) {
                throw new ReplicationException("server closed the connection unexpectedly");
            }
            filled += lastRead;
        }
    }

    /** What is closed says nothing. */
    private static String reason(IOException e) {
        return e instanceof ClosedChannelException ? "the connection is closed" : String.valueOf(e.getMessage());
    }

    /** A broken connection must not be taken for a broken disk. */
    private int read() throws ReplicationException {
        try {
            return transport.read(buffer);
        } catch (IOException e) {
            throw new ReplicationException("could not receive data from server: " + reason(e), null, e);
        }
    }

    private void moveToFront(int needed) {
        ByteBuffer rest = buffer.duplicate().clear().position(unread).limit(filled);
        if (needed > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(needed).put(rest);
            body = buffer.duplicate();
        } else {
            buffer.clear();
            buffer.put(rest);
        }
        filled -= unread;
        unread = 0;
    }

    /** Sends a command by the simple query protocol, the only one a walsender understands. */
    void sendQuery(String command) throws IOException {
        byte[] text = command.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = message('Q', text.length + 1);
        message.put(text).put((byte) 0);
        send(message);
    }

    void sendCopyData(ByteBuffer data) throws IOException {
        ByteBuffer message = message('d', data.remaining());
        message.put(data);
        send(message);
    }

    void sendCopyDone() throws IOException {
        send(message('c', 0));
    }

    private static ByteBuffer message(char type, int bodyBytes) {
        return ByteBuffer.allocate(HEADER_BYTES + bodyBytes).put((byte) type).putInt(Integer.BYTES + bodyBytes);
    }

    private void send(ByteBuffer message) throws IOException {
        message.flip();
        synchronized (writing) {
            try {
                transport.write(message);
            } catch (IOException e) {
                throw new ReplicationException("could not send data to server: " + reason(e), null, e);
            }
        }
    }

    /** The error that {@link #next} has just found, after the server is ready again or gone. */
    ReplicationException error() {
        ReplicationException error = ReplicationException.of(ServerMessage.parse(body));
        try {
            skipToReady();
        } catch (IOException e) {
            error.addSuppressed(e);
        }
        return error;
    }

    /** Reads up to ReadyForQuery: after it pgjdbc may use the connection again. */
    void skipToReady() throws IOException {
        for (int skipped = 0; skipped < LEFTOVERS_MAX; skipped++) {
            // what else the command still had to say is of no interest any more
            if (next() == 'Z') {
                return;
            }
        }
        throw new ReplicationException("the server has sent " + LEFTOVERS_MAX
                + " messages behind the end of a command, but not that it is ready for another");
    }

    /** Waits for a message of one type; an error of the server, or any other type, ends the command. */
    void expect(char type, String during) throws IOException {
        byte found = next();
        if (found == 'E') {
            throw error();
        }
        if (found != type) {
            throw unexpected(found, during);
        }
    }

    static ReplicationException unexpected(byte type, String during) {
        return new ReplicationException("unexpected message of type " + shown(type) + " during " + during);
    }

    /** For a body that ends before what it must hold. */
    static ReplicationException tooShort(String message, Throwable cause) {
        return new ReplicationException(
                message + " is shorter than it must be: the connection does not speak PostgreSQL's protocol",
                null,
                cause);
    }

    private static String shown(byte type) {
        return type > ' ' && type < 0x7F
                ? "'" + (char) type + "'"
                : "0x" + HexFormat.of().withUpperCase().toHexDigits(type);
    }
}
