package dev.pitrproof.replication;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A peer on a port of this machine that speaks the server's side of the protocol and answers each command by a script: an
 * attacker, who sends what no PostgreSQL ever does. It lets everybody in.
 */
public final class ScriptedServer implements AutoCloseable {

    /** What it answers. */
    public interface Script {

        /**
         * Answers one command.
         *
         * @param connection which connection it came on, counted from 1
         */
        void answer(String command, Wire wire, int connection) throws IOException;
    }

    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final ServerSocket listening;
    private final Script script;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final Queue<String> commands = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();

    private ScriptedServer(ServerSocket listening, Script script) {
        this.listening = listening;
        this.script = script;
    }

    public static ScriptedServer start(Script script) throws IOException {
        ScriptedServer server = new ScriptedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
        server.run(server::accept);
        return server;
    }

    private void run(Runnable task) {
        Thread thread = new Thread(task, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        for (int count = 1; !listening.isClosed(); count++) {
            try {
                Socket socket = listening.accept();
                int connection = count;
                sockets.add(socket);
                run(() -> serve(socket, connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, int connection) {
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                Wire wire = new Wire(
                        new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16)),
                        in,
                        acknowledged)) {
            welcome(in, wire);
            while (true) {
                byte type = in.readByte();
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                if (type == 'X') {
                    return;
                }
                wire.note(type, body);
                if (type == 'Q') {
                    String command = new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
                    commands.add(command);
                    script.answer(command, wire, connection);
                    wire.flush();
                }
            }
        } catch (EOFException e) {
            // the client has left
        } catch (IOException | UncheckedIOException e) {
            // the client has left in the middle of it, as it should
        }
    }

    private static void welcome(DataInputStream in, Wire wire) throws IOException {
        int code;
        do {
            byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
            code = (body[0] & 0xFF) << 24 | (body[1] & 0xFF) << 16 | (body[2] & 0xFF) << 8 | (body[3] & 0xFF);
            if (code == SSL_REQUEST || code == GSS_REQUEST) {
                wire.raw('N');
                wire.flush();
            }
        } while (code == SSL_REQUEST || code == GSS_REQUEST);
        wire.message('R', new byte[4]);
        wire.parameter("server_version", "17.4");
        wire.parameter("client_encoding", "UTF8");
        wire.parameter("DateStyle", "ISO, MDY");
        wire.parameter("integer_datetimes", "on");
        wire.parameter("standard_conforming_strings", "on");
        wire.message('K', new byte[8]);
        wire.ready();
        wire.flush();
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The highest position that a client has said to have made durable. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** All commands that came, on all connections. */
    public List<String> commands() {
        return List.copyOf(commands);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Messages to one client. */
    public static final class Wire implements AutoCloseable {

        private final DataOutputStream out;
        private final DataInputStream in;
        private final AtomicLong acknowledged;

        private Wire(DataOutputStream out, DataInputStream in, AtomicLong acknowledged) {
            this.out = out;
            this.in = in;
            this.acknowledged = acknowledged;
        }

        /** Of a status of the client: kind, written, flushed, and what is of no interest here. */
        private void note(byte type, byte[] body) {
            if (type == 'd' && body.length > 2 * Long.BYTES && body[0] == 'r') {
                acknowledged.accumulateAndGet(ByteBuffer.wrap(body).getLong(1 + Long.BYTES), Math::max);
            }
        }

        public void raw(int... bytes) throws IOException {
            for (int each : bytes) {
                out.write(each);
            }
        }

        public void message(char type, byte[] body) throws IOException {
            header(type, body.length + Integer.BYTES);
            out.write(body);
        }

        /** A type and a length, true or not. */
        public void header(char type, int length) throws IOException {
            out.write(type);
            out.writeInt(length);
        }

        public void flush() throws IOException {
            out.flush();
        }

        public void parameter(String name, String value) throws IOException {
            message('S', bytes(name + "\0" + value + "\0"));
        }

        public void notice(String text) throws IOException {
            message('N', bytes("SWARNING\0VWARNING\0C01000\0M" + text + "\0\0"));
        }

        public void error(String state, String text) throws IOException {
            message('E', bytes("SERROR\0VERROR\0C" + state + "\0M" + text + "\0\0"));
        }

        /** A row description with that many columns. */
        public void describe(int columns) throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.write(0);
            body.write(columns);
            for (int i = 0; i < columns; i++) {
                body.writeBytes(bytes("c\0"));
                body.writeBytes(new byte[18]);
            }
            message('T', body.toByteArray());
        }

        public void row(@Nullable String... columns) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream body = new DataOutputStream(bytes)) {
                body.writeShort(columns.length);
                for (String column : columns) {
                    body.writeInt(column == null ? -1 : bytes(column).length);
                    if (column != null) {
                        body.write(bytes(column));
                    }
                }
            }
            message('D', bytes.toByteArray());
        }

        /** A whole result with one row, and what comes behind it. */
        public void result(@Nullable String... columns) throws IOException {
            describe(columns.length);
            row(columns);
            complete("SELECT");
        }

        public void complete(String tag) throws IOException {
            message('C', bytes(tag + "\0"));
        }

        public void ready() throws IOException {
            message('Z', bytes("I"));
        }

        public void copyOut() throws IOException {
            message('H', new byte[3]);
        }

        public void copyBoth() throws IOException {
            message('W', new byte[3]);
        }

        public void copyDone() throws IOException {
            message('c', new byte[0]);
        }

        /** CopyData that begins with what it is. */
        public void data(char type, byte[] content) throws IOException {
            header('d', Integer.BYTES + 1 + content.length);
            out.write(type);
            out.write(content);
        }

        /** WAL from a position. */
        public void wal(long start, byte[] content) throws IOException {
            header('d', Integer.BYTES + 1 + 3 * Long.BYTES + content.length);
            out.write('w');
            out.writeLong(start);
            out.writeLong(start + content.length);
            out.writeLong(0);
            out.write(content);
        }

        /** Waits for the client's next status, and returns what it says to have made durable. */
        public long awaitStatus() throws IOException {
            flush();
            while (true) {
                byte type = in.readByte();
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                note(type, body);
                if (type == 'd' && body[0] == 'r') {
                    return ByteBuffer.wrap(body).getLong(1 + Long.BYTES);
                }
            }
        }

        /** Waits until the client ends the copying; a status that asks for an answer gets one. */
        public void awaitCopyDone() throws IOException {
            flush();
            byte type;
            do {
                type = in.readByte();
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                note(type, body);
                if (type == 'd' && body[body.length - 1] == 1) {
                    data('k', new byte[2 * Long.BYTES + 1]);
                    flush();
                }
            } while (type != 'c');
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
