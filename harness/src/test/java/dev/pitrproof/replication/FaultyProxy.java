package dev.pitrproof.replication;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a server, on a port of its own, and lets something happen when so many bytes have come from there. */
public final class FaultyProxy implements AutoCloseable {

    /** What happens. */
    public interface Fault {
        void happen(FaultyProxy proxy) throws IOException;
    }

    private final ServerSocket listening;
    private final int port;
    private final long position;
    private final Fault fault;
    private final AtomicLong passed = new AtomicLong();
    private final Queue<Closeable> open = new ConcurrentLinkedQueue<>();

    private FaultyProxy(ServerSocket listening, int port, long position, Fault fault) {
        this.listening = listening;
        this.port = port;
        this.position = position;
        this.fault = fault;
    }

    /** @param position how many bytes pass before, on all connections together */
    public static FaultyProxy before(LocalServer server, long position, Fault fault) throws IOException {
        FaultyProxy proxy = new FaultyProxy(
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server.port(), position, fault);
        start(proxy::accept);
        return proxy;
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "faulty-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(client);
                open.add(server);
                start(() -> pump(client, server, false));
                start(() -> pump(server, client, true));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void pump(Socket from, Socket to, boolean counted) {
        byte[] piece = new byte[1 << 14];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                long before = counted ? passed.getAndAdd(read) : 0;
                if (counted && before <= position && position - before < read) {
                    int first = (int) (position - before);
                    out.write(piece, 0, first);
                    fault.happen(this);
                    out.write(piece, first, read - first);
                } else {
                    out.write(piece, 0, read);
                }
            }
        } catch (IOException e) {
            // one of them has left
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Bytes that the server has sent. */
    public long passed() {
        return passed.get();
    }

    /** Cuts all connections. */
    public void cut() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
