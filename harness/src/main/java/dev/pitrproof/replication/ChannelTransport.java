package dev.pitrproof.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/** TCP or a unix socket, without TLS: the kernel fills the direct buffer. */
record ChannelTransport(SocketChannel channel) implements Transport {

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    @Override
    public long pauseNanos() {
        // a unix socket buffers some 200 kB only, so that a longer wait would make the server sleep
        return channel instanceof AFUNIXSocketChannel ? 20_000 : 50_000;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
