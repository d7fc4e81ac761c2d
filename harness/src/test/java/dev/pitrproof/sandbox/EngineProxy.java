package dev.pitrproof.sandbox;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A second socket of the machine's container engine; closing it is what clients see of an engine that ends. */
final class EngineProxy implements AutoCloseable {

    private final Path socket;
    private final Path engine;
    private final ServerSocketChannel server;
    private final Queue<SocketChannel> channels = new ConcurrentLinkedQueue<>();

    private EngineProxy(Path socket, Path engine) throws IOException {
        this.socket = socket;
        this.engine = engine;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    static EngineProxy of(ContainerEngine engine, Path socket) throws IOException {
        EngineProxy proxy = new EngineProxy(socket, engine.socket());
        proxy.run(proxy::accept);
        return proxy;
    }

    Path socket() {
        return socket;
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // one side has closed, as everything does in the end
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (server.isOpen()) {
            SocketChannel client = server.accept();
            channels.add(client);
            SocketChannel behind = SocketChannel.open(UnixDomainSocketAddress.of(engine));
            channels.add(behind);
            run(() -> pump(client, behind));
            run(() -> pump(behind, client));
        }
    }

    private static void pump(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
        while (from.read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                to.write(buffer);
            }
        }
        to.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
