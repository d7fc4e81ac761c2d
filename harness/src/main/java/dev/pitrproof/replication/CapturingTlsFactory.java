package dev.pitrproof.replication;

import java.io.IOException;
import java.net.Socket;
import java.util.Properties;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.util.PSQLException;

/**
 * pgjdbc's own TLS, certificates and keys as libpq has them, with the encrypted socket kept.
 *
 * <p>It must be installed for every sslmode: with {@code prefer} only the server decides whether there is TLS.
 */
public final class CapturingTlsFactory extends LibPQFactory {

    private final @Nullable String key;

    /** Called by pgjdbc with the properties of the connection. */
    public CapturingTlsFactory(Properties connection) throws PSQLException {
        super(connection);
        this.key = PGProperty.SOCKET_FACTORY_ARG.getOrDefault(connection);
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
        Socket created = super.createSocket(plain, host, port, autoClose);
        if (created instanceof SSLSocket encrypted) {
            CapturedSocket.connecting(key).encrypted(encrypted);
        }
        return created;
    }
}
