package dev.pitrproof.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.testcontainers.shaded.com.github.dockerjava.core.LocalDirectorySSLConfig;

/**
 * Where a container engine listens: a unix socket, or a port, with TLS or without. Asks the few questions that come
 * before it is known that there is anything to do with it, for loading a client's classes takes longer than all of
 * them; and connects to programs in containers.
 *
 * <p>The interface is Docker's Engine API, which podman's service speaks as well.
 *
 * @param socket null for a port
 * @param host of the port; empty for a socket
 * @param certificates the directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem}; null for no TLS
 */
record EngineAddress(
        @Nullable Path socket,
        String host,
        int port,
        @Nullable Path certificates) {

    private static final Pattern TCP =
            Pattern.compile("tcp://(?<host>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/@\\s]+)(?::(?<port>\\d{1,5}))?/?");
    private static final List<String> CERTIFICATES = List.of("ca.pem", "cert.pem", "key.pem");
    private static final int PLAIN_PORT = 2375;
    private static final int TLS_PORT = 2376;
    private static final int HEAD_BYTES_MAX = 1 << 14;

    /** What an engine says. */
    record Answer(int status, String body) {
        boolean isFine() {
            return status == 200;
        }
    }

    static EngineAddress unix(Path socket) {
        return new EngineAddress(socket, "", 0, null);
    }

    /**
     * The address that {@code DOCKER_HOST} names, with {@code DOCKER_TLS_VERIFY} and {@code DOCKER_CERT_PATH} as
     * Docker's client reads them; empty if it names none.
     */
    static Optional<EngineAddress> named(Map<String, String> environment) throws SandboxException {
        String named = environment.getOrDefault("DOCKER_HOST", "");
        if (named.isBlank()) {
            return Optional.empty();
        }
        if (named.startsWith("unix://")) {
            return Optional.of(unix(Path.of(named.substring("unix://".length()))));
        }
        Matcher tcp = TCP.matcher(named);
        if (!tcp.matches()) {
            // the address stays out of the message, which goes into reports
            throw SandboxException.environment(
                    "DOCKER_HOST names an engine in a way that pitrproof does not know ("
                            + named.replaceFirst(":.*", "") + "): expected unix://PATH or tcp://HOST:PORT",
                    "unset DOCKER_HOST to use this machine's engine, or use --sandbox=process");
        }
        Path certificates = certificates(environment);
        return Optional.of(new EngineAddress(
                null,
                tcp.group("host").replaceAll("[\\[\\]]", ""),
                tcp.group("port") == null
                        ? certificates == null ? PLAIN_PORT : TLS_PORT
                        : Integer.parseInt(tcp.group("port")),
                certificates));
    }

    private static @Nullable Path certificates(Map<String, String> environment) throws SandboxException {
        if (environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty()) {
            return null;
        }
        String named = environment.getOrDefault("DOCKER_CERT_PATH", "");
        Path directory = named.isBlank()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")), ".docker")
                : Path.of(named);
        for (String file : CERTIFICATES) {
            if (!Files.isReadable(directory.resolve(file))) {
                throw SandboxException.environment(
                        "DOCKER_TLS_VERIFY asks for TLS, but " + directory.resolve(file) + " cannot be read",
                        "set DOCKER_CERT_PATH to a directory with " + String.join(", ", CERTIFICATES)
                                + ", or unset DOCKER_TLS_VERIFY");
            }
        }
        return directory;
    }

    /** As Docker's clients write it. */
    String url() {
        return socket != null
                ? "unix://" + socket
                : "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Where it is, for a message: names of machines stay out of reports. */
    String inWords() {
        return socket != null ? "at " + socket : "that DOCKER_HOST names";
    }

    /**
     * Asks one question.
     *
     * @param resource its path and query, as in {@code /version}
     * @throws IOException if nobody answers in time, or not in HTTP
     */
    Answer get(String resource, Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (Socket connection = connect(atMost)) {
            // version 1.0 of HTTP: the end of the connection is the end of the answer
            send(connection, "GET " + resource + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            InputStream from = connection.getInputStream();
            while (true) {
                connection.setSoTimeout(Math.max(1, (int) ((deadline - System.nanoTime()) / 1_000_000)));
                int read = from.read(buffer);
                if (read < 0) {
                    return parse(answer.toString(StandardCharsets.UTF_8));
                }
                answer.write(buffer, 0, read);
                if (System.nanoTime() > deadline) {
                    throw new IOException("no answer in time");
                }
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer in time", e);
        } catch (UnknownHostException e) {
            throw new IOException("there is no machine of that name", e);
        }
    }

    /**
     * Asks the engine to turn the connection into the standard input and output of a program.
     *
     * @param resource as in {@code /exec/ID/start}
     * @param question in JSON
     * @return what is written to it the program reads; what the program writes comes in frames (attach, Engine API)
     */
    Socket upgrade(String resource, String question, Duration atMost) throws IOException {
        Socket connection = connect(atMost);
        try {
            connection.setSoTimeout((int) atMost.toMillis());
            byte[] body = question.getBytes(StandardCharsets.UTF_8);
            send(
                    connection,
                    "POST " + resource + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: " + body.length + "\r\n\r\n"
                            + question);
            // not a byte more than the head: what follows is the program's
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int read = connection.getInputStream().read();
                if (read < 0 || head.length() > HEAD_BYTES_MAX) {
                    throw new IOException("the answer is not HTTP");
                }
                head.append((char) read);
            }
            int status = parse(head.toString()).status();
            if (status != 101 && status != 200) {
                throw new IOException("status " + status);
            }
            connection.setSoTimeout(0);
            return connection;
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    private Socket connect(Duration atMost) throws IOException {
        int milliseconds = (int) Math.max(1, atMost.toMillis());
        if (socket != null) {
            AFUNIXSocket connection = AFUNIXSocket.newInstance();
            try {
                connection.connect(AFUNIXSocketAddress.of(socket), milliseconds);
                return connection;
            } catch (IOException e) {
                connection.close();
                throw e;
            }
        }
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(host, port), milliseconds);
            plain.setTcpNoDelay(true);
            if (certificates == null) {
                return plain;
            }
            plain.setSoTimeout(milliseconds);
            SSLSocket secured = (SSLSocket) context().getSocketFactory().createSocket(plain, host, port, true);
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
            secured.startHandshake();
            plain.setSoTimeout(0);
            return secured;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** Read by the copy of docker-java that Testcontainers brings: it knows every form of key that Docker takes. */
    SSLContext context() throws IOException {
        try {
            SSLContext context = new LocalDirectorySSLConfig(String.valueOf(certificates)).getSSLContext();
            if (context != null) {
                return context;
            }
        } catch (RuntimeException e) {
            throw new IOException("the certificates in DOCKER_CERT_PATH are not what they should be", e);
        }
        throw new IOException("there are no certificates in DOCKER_CERT_PATH");
    }

    private static void send(Socket connection, String text) throws IOException {
        OutputStream to = connection.getOutputStream();
        to.write(text.getBytes(StandardCharsets.UTF_8));
        to.flush();
    }

    private static Answer parse(String text) throws IOException {
        int head = text.indexOf("\r\n\r\n");
        String[] status = text.split("\\s+", 3);
        if (head < 0
                || status.length < 2
                || !status[0].toUpperCase(Locale.ROOT).startsWith("HTTP/1.")
                || !status[1].matches("\\d{3}")) {
            throw new IOException("the answer is not HTTP");
        }
        return new Answer(Integer.parseInt(status[1]), text.substring(head + 4));
    }
}
