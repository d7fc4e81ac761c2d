package dev.pitrproof.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The unix socket of a container engine, for the few questions that are asked before it is known that there is anything
 * to do with it: loading a client's classes takes longer than all of them.
 *
 * <p>The interface is Docker's Engine API, which podman's service speaks as well.
 */
record EngineSocket(Path path) {

    /** What an engine says. */
    record Answer(int status, String body) {
        boolean isFine() {
            return status == 200;
        }
    }

    /**
     * Asks one question.
     *
     * @param resource its path and query, as in {@code /version}
     * @throws IOException if nobody answers in time, or not in HTTP
     */
    Answer get(String resource, Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        // version 1.0 of HTTP: the end of the connection is the end of the answer
        ByteBuffer question =
                StandardCharsets.US_ASCII.encode("GET " + resource + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            while (question.hasRemaining()) {
                await(selector, deadline);
                channel.write(question);
            }
            key.interestOps(SelectionKey.OP_READ);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
            while (true) {
                await(selector, deadline);
                if (channel.read(buffer.clear()) < 0) {
                    return parse(answer.toString(StandardCharsets.UTF_8));
                }
                answer.write(buffer.array(), 0, buffer.position());
            }
        }
    }

    private static void await(Selector selector, long deadline) throws IOException {
        long milliseconds = (deadline - System.nanoTime()) / 1_000_000;
        if (milliseconds <= 0 || selector.select(milliseconds) == 0) {
            throw new IOException("no answer in time");
        }
        selector.selectedKeys().clear();
    }

    private static Answer parse(String text) throws IOException {
        int head = text.indexOf("\r\n\r\n");
        String[] status = text.split("\\s+", 3);
        if (head < 0 || status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("\\d{3}")) {
            throw new IOException("the answer is not HTTP");
        }
        return new Answer(Integer.parseInt(status[1]), text.substring(head + 4));
    }
}
