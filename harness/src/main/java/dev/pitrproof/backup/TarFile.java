package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.CompressionLevel;
import dev.pitrproof.compression.UnclosedStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A tar file that is written from an archive's bytes as they come, compressed in a thread of its own if asked for. The
 * channel is not closed: whoever opened it makes it durable.
 */
final class TarFile implements AutoCloseable {

    private static final int END_BYTES = 2 * TarHeader.BLOCK_BYTES;
    private static final int OWNER_ONLY = 0600;

    private final WritableByteChannel channel;
    private final String name;
    private final @Nullable ByteHandOver compressing;

    /** @param name for messages */
    TarFile(WritableByteChannel channel, String name, CompressionLevel level) {
        this.channel = channel;
        this.name = name;
        this.compressing = level.method() == Compression.NONE
                ? null
                : ByteHandOver.start("compression", bytes -> compress(bytes, level));
    }

    private void compress(InputStream bytes, CompressionLevel level) throws IOException {
        OutputStream file = new UnclosedStream(Channels.newOutputStream(channel)) {
            @Override
            public void write(byte[] piece, int offset, int length) throws IOException {
                try {
                    super.write(piece, offset, length);
                } catch (IOException e) {
                    throw couldNotWrite(e);
                }
            }
        };
        try (OutputStream compressed = level.open(file)) {
            bytes.transferTo(compressed);
        }
    }

    private IOException couldNotWrite(IOException e) {
        // "No space left on device" alone does not say on which
        return new IOException("could not write \"" + name + "\": " + e.getMessage(), e);
    }

    /** Writes what remains in {@code data}. */
    void write(ByteBuffer data) throws IOException {
        ByteHandOver handedOver = compressing;
        if (handedOver != null) {
            handedOver.put(data);
            return;
        }
        try {
            while (data.hasRemaining()) {
                channel.write(data);
            }
        } catch (IOException e) {
            throw couldNotWrite(e);
        }
    }

    /** Adds a file as a member, under a name of at most 99 bytes. */
    void add(String memberName, Path file) throws IOException {
        long size = Files.size(file);
        long modified = Files.getLastModifiedTime(file).toMillis() / 1000;
        write(ByteBuffer.wrap(TarHeader.ofFile(memberName, size, OWNER_ONLY, modified)));
        long left = size;
        try (InputStream content = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                write(ByteBuffer.wrap(buffer, 0, read));
                left -= read;
            }
        }
        if (left != 0) {
            throw new IOException("file \"" + file + "\" changed its size while it was read");
        }
        write(ByteBuffer.allocate((int) (-size & (TarHeader.BLOCK_BYTES - 1))));
    }

    /** Adds the two blocks of zeros with which tar files end. */
    void addEnd() throws IOException {
        write(ByteBuffer.allocate(END_BYTES));
    }

    /** Waits until everything is in the channel. */
    void end() throws IOException {
        ByteHandOver handedOver = compressing;
        if (handedOver != null) {
            handedOver.end();
        }
    }

    @Override
    public void close() {
        ByteHandOver handedOver = compressing;
        if (handedOver != null) {
            handedOver.close();
        }
    }
}
