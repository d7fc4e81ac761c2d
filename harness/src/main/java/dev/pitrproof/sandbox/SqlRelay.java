package dev.pitrproof.sandbox;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * The unix socket of a server in a container on another machine: each connection is carried by a program in that
 * container, which the engine connects us to. The container needs no network for that.
 */
final class SqlRelay implements AutoCloseable {

    /**
     * Carries its input and output to and from a port of the container's own loopback. It ends when one side does:
     * a closed connection must not keep the other one open.
     */
    private static final String PROGRAM = "exec 3<>/dev/tcp/" + ServerConfiguration.LOOPBACK + "/"
            + ServerConfiguration.PORT + " 4<&0 || exit\n"
            + "cat <&4 >&3 2>/dev/null &\ncat <&3 2>/dev/null &\nwait -n\nkill $(jobs -p) 2>/dev/null\n";

    private static final String SHELL = "bash";
    private static final int FRAME_HEAD_BYTES = 8;
    private static final int PIECE_BYTES = 1 << 16;

    /** Starts a program in the container, connected to us. */
    @FunctionalInterface
    interface Programs {
        Socket connect(String... command) throws IOException;
    }

    private final AFUNIXServerSocket listener;
    private final Path socket;
    private final Programs programs;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private SqlRelay(AFUNIXServerSocket listener, Path socket, Programs programs) {
        this.listener = listener;
        this.socket = socket;
        this.programs = programs;
    }

    /** @param directory where the server's socket would be, if it were on this machine */
    static SqlRelay listen(Path directory, Programs programs) throws IOException {
        Path socket = directory.resolve(".s.PGSQL." + ServerConfiguration.PORT);
        AFUNIXServerSocket listener = AFUNIXServerSocket.bindOn(AFUNIXSocketAddress.of(socket));
        SqlRelay relay = new SqlRelay(listener, socket, programs);
        relay.work("accept", relay::accept);
        return relay;
    }

    private interface Work {
        void run() throws IOException;
    }

    private void work(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // one side has closed; the other one learns it by being closed too
                    }
                },
                "relay-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            open.add(client);
            work("connect", () -> carry(client));
        }
    }

    private void carry(Socket client) throws IOException {
        try (client;
                Socket program = programs.connect(SHELL, "-c", PROGRAM)) {
            open.add(program);
            try {
                work("out", () -> {
                    try (program) {
                        client.getInputStream().transferTo(program.getOutputStream());
                    }
                });
                unpack(program.getInputStream(), client.getOutputStream());
            } finally {
                open.remove(program);
            }
        } finally {
            open.remove(client);
        }
    }

    /** What the program writes, out of the frames in which the engine sends it: a type, three zeros, four of length. */
    static void unpack(InputStream frames, OutputStream to) throws IOException {
        DataInputStream from = new DataInputStream(frames);
        byte[] piece = new byte[PIECE_BYTES];
        byte[] head = new byte[FRAME_HEAD_BYTES];
        while (true) {
            int first = from.read();
            if (first < 0) {
                return;
            }
            from.readFully(head, 1, 3);
            long left = from.readInt() & 0xffffffffL;
            while (left > 0) {
                int read = from.read(piece, 0, (int) Math.min(left, piece.length));
                if (read < 0) {
                    throw new EOFException("the engine's frame is short of " + left + " bytes");
                }
                to.write(piece, 0, read);
                left -= read;
            }
        }
    }

    @Override
    public void close() {
        quietly(listener);
        quietly(() -> Files.deleteIfExists(socket));
        open.forEach(SqlRelay::quietly);
    }

    private static void quietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // it was just being closed by its own side; and the socket's directory goes with the sandbox
        }
    }
}
