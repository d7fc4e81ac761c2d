package dev.pitrproof.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Stands between clients and a server that speaks S3, and does to requests what networks, stores and their administrators
 * do. What no fault is meant for passes as it is.
 */
public final class FaultyWire implements AutoCloseable {

    /** What becomes of a request. */
    private interface Fate {
        /** Whether that was the end of it. */
        boolean strike(Socket client, String head) throws IOException;

        /** How many bytes of the answer pass, its head included. */
        default long passes() {
            return Long.MAX_VALUE;
        }
    }

    private static final class Fault {
        private final Predicate<String> meant;
        private final Fate fate;
        private int times;

        Fault(Predicate<String> meant, int times, Fate fate) {
            this.meant = meant;
            this.times = times;
            this.fate = fate;
        }

        synchronized boolean takes(String request) {
            return times > 0 && meant.test(request) && times-- > 0;
        }
    }

    private final URI server;
    private final ServerSocket socket;
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private FaultyWire(URI server, ServerSocket socket) {
        this.server = server;
        this.socket = socket;
    }

    public static FaultyWire to(S3Server server) throws IOException {
        FaultyWire wire = new FaultyWire(server.endpoint(), new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        daemon(wire::accept);
        return wire;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** First lines of all requests so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    public void heal() {
        faults.clear();
    }

    /** Answers requests whose first line and headers are meant with an error of the store's. */
    public void refuse(Predicate<String> meant, int times, int status, String code, String moreHeaders) {
        String body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                + "</Code><Message>as told by the test</Message></Error>";
        String answer = "HTTP/1.1 " + status + " told\r\nContent-Type: application/xml\r\nConnection: close\r\n"
                + moreHeaders + "Content-Length: " + body.length() + "\r\n\r\n";
        faults.add(new Fault(meant, times, (client, head) -> {
            if (!waits(head)) {
                body(client, head, OutputStream.nullOutputStream());
            }
            client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
            return true;
        }));
    }

    /** Cuts answers off. */
    public void cut(Predicate<String> meant, int times, long passes) {
        faults.add(new Fault(meant, times, new Fate() {
            @Override
            public boolean strike(Socket client, String head) {
                return false;
            }

            @Override
            public long passes() {
                return passes;
            }
        }));
    }

    /** Does something before a request passes. */
    public void before(Predicate<String> meant, Runnable deed) {
        faults.add(new Fault(meant, 1, (client, head) -> {
            deed.run();
            return false;
        }));
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                daemon(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "faulty wire");
        thread.setDaemon(true);
        thread.start();
    }

    /** One request a connection: the answer ends with it. */
    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            requests.add(head.lines().findFirst().orElse(""));
            long passes = Long.MAX_VALUE;
            for (Fault fault : faults) {
                if (fault.takes(head)) {
                    if (fault.fate.strike(client, head)) {
                        return;
                    }
                    passes = Math.min(passes, fault.fate.passes());
                }
            }
            pass(client, head, passes);
        } catch (IOException e) {
            // the client has enough
        }
    }

    private void pass(Socket client, String head, long passes) throws IOException {
        try (Socket behind = new Socket(server.getHost(), server.getPort())) {
            OutputStream out = behind.getOutputStream();
            String closing = head.replaceFirst("\r\n", "\r\nConnection: close\r\n")
                    .replaceFirst("(?i)\r\nConnection: keep-alive", "");
            if (waits(head)) {
                client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                closing = closing.replaceFirst("(?i)\r\nexpect: 100-continue", "");
            }
            out.write(closing.getBytes(StandardCharsets.ISO_8859_1));
            body(client, head, out);
            byte[] piece = new byte[8192];
            InputStream in = behind.getInputStream();
            long left = passes;
            for (int read = in.read(piece); read >= 0 && left > 0; read = in.read(piece)) {
                client.getOutputStream().write(piece, 0, (int) Math.min(read, left));
                left -= read;
            }
        }
    }

    /** Reads all that belongs to a request; whoever closes a connection before cuts off its own answer. */
    private static void body(Socket client, String head, OutputStream out) throws IOException {
        byte[] piece = new byte[1 << 16];
        for (long left = length(head); left > 0; ) {
            int read = client.getInputStream().read(piece, 0, (int) Math.min(left, piece.length));
            if (read < 0) {
                return;
            }
            out.write(piece, 0, read);
            left -= read;
        }
        out.flush();
    }

    private static boolean waits(String head) {
        return head.toLowerCase(Locale.ROOT).contains("\r\nexpect: 100-continue");
    }

    private static long length(String head) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int one = in.read(); one >= 0; one = in.read()) {
            head.write(one);
            if (one == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
