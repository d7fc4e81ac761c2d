package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of messages with bytes that are not what the server sent: read, or refused, and nothing else. */
@Timeout(120)
class ProtocolMutationTest {

    private static final int MUTATIONS = 2000;

    /** What a reader does with a stream of messages. */
    private interface Reading {
        void read(MessageStream messages) throws IOException;
    }

    /** Refuses nothing, keeps nothing. */
    private static final BaseBackupReceiver ANYTHING = new BaseBackupReceiver() {
        @Override
        public void started(Lsn start, TimelineId timeline) {}

        @Override
        public void tablespaces(List<Tablespace> tablespaces) {}

        @Override
        public void archive(Tablespace tablespace) {}

        @Override
        public void archiveData(ByteBuffer data) {}

        @Override
        public void archiveEnd() {}

        @Override
        public void manifest() {}

        @Override
        public void manifestData(ByteBuffer data) {}
    };

    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

    private void send(char type, byte... body) throws IOException {
        DataOutputStream out = new DataOutputStream(stream);
        out.write(type);
        out.writeInt(Integer.BYTES + body.length);
        out.write(body);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void result(String... columns) throws IOException {
        send('T', (byte) 0, (byte) 0);
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(row);
        out.writeShort(columns.length);
        for (String column : columns) {
            out.writeInt(column.isEmpty() ? -1 : column.length());
            out.write(text(column));
        }
        send('D', row.toByteArray());
        send('C', text("SELECT\0"));
    }

    /** Each spoiled stream over a connection that ends behind it. */
    private void spoil(Reading reading) throws Exception {
        byte[] whole = stream.toByteArray();
        int read = 0;
        try (ServerSocketChannel listening =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            for (int seed = -1; seed < MUTATIONS; seed++) {
                byte[] spoiled = seed < 0 ? whole : Mutation.of(whole, new Random(seed));
                try (SocketChannel client = SocketChannel.open(listening.getLocalAddress())) {
                    try (SocketChannel server = listening.accept()) {
                        server.write(ByteBuffer.wrap(spoiled));
                        server.shutdownOutput();
                        reading.read(new MessageStream(new ChannelTransport(client), notice -> {}));
                        read++;
                    } catch (ReplicationException e) {
                        assertThat(e).as("seed %d", seed).message().isNotBlank();
                        assertThat(seed).as(e.getMessage()).isNotNegative();
                    } catch (RuntimeException e) {
                        throw new AssertionError("seed " + seed, e);
                    }
                }
            }
        }
        assertThat(read)
                .as("the whole stream, and those spoiled where it does not matter")
                .isPositive();
    }

    @Test
    void aBaseBackup() throws Exception {
        result("0/2000028", "1");
        send('T', (byte) 0, (byte) 0);
        stream.writeBytes(rowOf("16384", "/x", "10"));
        stream.writeBytes(rowOf("", "", "10"));
        send('C', text("SELECT\0"));
        send('H', new byte[3]);
        for (String archive : List.of("16384.tar", "base.tar")) {
            send('d', text("n" + archive + "\0/x\0"));
            send('N', text("SWARNING\0VWARNING\0C01000\0Mwarned\0\0"));
            send('d', text("d" + "x".repeat(512)));
            send('d', text("p\0\0\0\0\0\0\0\1"));
        }
        send('d', text("m"));
        send('d', text("d{}"));
        send('c');
        result("0/2000100", "1");
        send('C', text("BASE_BACKUP\0"));
        send('Z', text("I"));

        spoil(messages -> new BaseBackupStream(messages, ANYTHING).receive(true, true));
    }

    private static byte[] rowOf(String... columns) throws IOException {
        ProtocolMutationTest one = new ProtocolMutationTest();
        one.result(columns);
        byte[] all = one.stream.toByteArray();
        // without the description before it and the completion behind it
        return java.util.Arrays.copyOfRange(all, 7, all.length - 12);
    }

    @Test
    void aStreamOfWal() throws Exception {
        send('W', new byte[3]);
        for (int i = 0; i < 5; i++) {
            send('d', text("w\0\0\0\0\2\0\0\0" + "\0".repeat(16) + "y".repeat(200)));
            send('d', text("k" + "\0".repeat(16) + "\1"));
        }
        send('c');
        result("2", "0/2000100");
        send('C', text("START_STREAMING\0"));
        send('Z', text("I"));

        spoil(messages -> {
            WalStream wal = new WalStream(messages, () -> {});
            wal.begin();
            WalStream.Event event;
            do {
                event = wal.next();
            } while (event != WalStream.Event.END_OF_TIMELINE);
        });
    }
}
