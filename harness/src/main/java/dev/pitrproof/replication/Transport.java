package dev.pitrproof.replication;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes to and from the server. One thread may read while another one writes. */
sealed interface Transport extends AutoCloseable permits ChannelTransport, TlsTransport {

    /** Reads at least one byte and as many as are there; -1 when the server has closed. */
    int read(ByteBuffer into) throws IOException;

    /** Writes all that remains in {@code from}. */
    void write(ByteBuffer from) throws IOException;

    /**
     * How long a reader of a bulk stream does well to wait after a short read, so that fewer and larger reads happen.
     * Measured, see {@link MessageStream#pauseAfterShortReads}.
     */
    long pauseNanos();

    /** Cuts the connection at once; a read that waits in another thread fails. */
    @Override
    void close() throws IOException;
}
