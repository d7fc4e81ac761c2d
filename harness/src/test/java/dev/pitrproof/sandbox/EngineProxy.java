package dev.pitrproof.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A second address of the machine's container engine, a socket or a port; closing it is what clients see of an engine
 * that ends.
 */
final class EngineProxy implements AutoCloseable {

    private final Path engine;
    private final ServerSocketChannel server;
    private final Queue<SocketChannel> channels = new ConcurrentLinkedQueue<>();

    private EngineProxy(ServerSocketChannel server, Path engine) {
        this.server = server;
        this.engine = engine;
    }

    static EngineProxy of(ContainerEngine engine, Path socket) throws IOException {
        return start(
                engine, ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket)));
    }

    /** On a port of this machine's loopback. */
    static EngineProxy tcp(ContainerEngine engine) throws IOException {
        return start(
                engine, ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private static EngineProxy start(ContainerEngine engine, ServerSocketChannel server) {
        EngineProxy proxy =
                new EngineProxy(server, Objects.requireNonNull(engine.address().socket()));
        proxy.run(proxy::accept);
        return proxy;
    }

    /** What leads clients here. */
    Map<String, String> environment() throws IOException {
        SocketAddress address = server.getLocalAddress();
        return Map.of(
                "DOCKER_HOST",
                address instanceof InetSocketAddress port
                        ? "tcp://127.0.0.1:" + port.getPort()
                        : "unix://" + ((UnixDomainSocketAddress) address).getPath());
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
