package dev.pitrproof.replication;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** pgjdbc's {@code socketFactory} for replication connections; instantiated by pgjdbc, hence public. */
public final class CapturingSocketFactory extends SocketFactory {

    private final String key;

    /**
     * Called by pgjdbc.
     *
     * @param key pgjdbc's {@code socketFactoryArg}: which connect this socket is for
     */
    public CapturingSocketFactory(String key) {
        this.key = key;
    }

    @Override
    public Socket createSocket() throws IOException {
        return CapturedSocket.connecting(key).createSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw onlyUnconnected();
    }

    private static UnsupportedOperationException onlyUnconnected() {
        return new UnsupportedOperationException("pgjdbc connects the socket itself");
    }
}
