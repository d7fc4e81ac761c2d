package dev.pitrproof.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;

/** The encrypted socket that pgjdbc negotiated; the JDK decrypts record by record into an array, hence one copy more. */
final class TlsTransport implements Transport {

    /** The largest TLS record holds 16 kB of plain text. */
    private static final int RECORD_BYTES = 16 * 1024;

    private final SSLSocket encrypted;
    private final SocketChannel below;
    private final byte[] received = new byte[RECORD_BYTES];

    TlsTransport(SSLSocket encrypted, SocketChannel below) {
        this.encrypted = encrypted;
        this.below = below;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int count = encrypted.getInputStream().read(received, 0, Math.min(received.length, into.remaining()));
        if (count > 0) {
            into.put(received, 0, count);
        }
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        encrypted.getOutputStream().write(bytes);
        encrypted.getOutputStream().flush();
    }

    @Override
    public long pauseNanos() {
        // one read brings one record at most, and decryption is pause enough
        return 0;
    }

    @Override
    public void close() throws IOException {
        // SSLSocket.close() would wait for a read in progress in order to say goodbye
        below.close();
    }
}
