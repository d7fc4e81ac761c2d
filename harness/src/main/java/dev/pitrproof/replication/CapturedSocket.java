package dev.pitrproof.replication;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketFactory;

/**
 * The socket that pgjdbc connects with, kept so that we can speak on it once pgjdbc is idle.
 *
 * <p>pgjdbc instantiates socket factories by class name and hands them one string. That string is the key under which a
 * connect in progress is found here, so that concurrent connects do not mix.
 */
final class CapturedSocket implements AutoCloseable {

    private static final Map<String, CapturedSocket> CONNECTING = new ConcurrentHashMap<>();
    private static final AtomicLong LAST_KEY = new AtomicLong();

    private final String key;
    private final @Nullable Path unixSocket;
    private volatile @Nullable Socket plain;
    private volatile @Nullable SSLSocket encrypted;

    private CapturedSocket(String key, @Nullable Path unixSocket) {
        this.key = key;
        this.unixSocket = unixSocket;
    }

    /** Announces a connect; until {@link #close()} the factories find it under its key. */
    static CapturedSocket expect(ConnectionSettings settings) {
        String key = Long.toString(LAST_KEY.incrementAndGet());
        CapturedSocket expected = new CapturedSocket(key, settings.isUnixSocket() ? settings.unixSocket() : null);
        CONNECTING.put(key, expected);
        return expected;
    }

    static CapturedSocket connecting(@Nullable String key) throws IOException {
        CapturedSocket found = key == null ? null : CONNECTING.get(key);
        if (found == null) {
            // pgjdbc would open another socket to cancel a statement; replication connections never do
            throw new IOException("no connection is being opened under the key " + key);
        }
        return found;
    }

    String key() {
        return key;
    }

    /** A new unconnected socket. pgjdbc asks again for each host and each sslmode that it tries; the last one counts. */
    Socket createSocket() throws IOException {
        Socket created = unixSocket == null
                ? SocketChannel.open().socket()
                : new AFUNIXSocketFactory.FactoryArg(unixSocket.toString()).createSocket();
        plain = created;
        encrypted = null;
        return created;
    }

    void encrypted(SSLSocket over) {
        encrypted = over;
    }

    /** What bytes travel over, now that pgjdbc has connected. */
    Transport transport() throws IOException {
        Socket socket = plain;
        if (socket == null) {
            throw new IOException("pgjdbc connected without the socket factory it was given");
        }
        SSLSocket tls = encrypted;
        return tls == null ? new ChannelTransport(socket.getChannel()) : new TlsTransport(tls, socket.getChannel());
    }

    @Override
    public void close() {
        CONNECTING.remove(key);
    }
}
