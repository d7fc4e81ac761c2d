package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An archive of a base backup that is taken apart while it arrives: at once if the server sends a plain tar stream, in a
 * thread of its own if that must be decompressed first.
 */
final class ReceivedArchive implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final TarStream tar;
    private final @Nullable ByteHandOver decompressing;

    /**
     * Begins.
     *
     * @param members is told what the archive holds, perhaps by another thread than this one
     */
    ReceivedArchive(TarStream.Members members, Compression compression) {
        this.tar = new TarStream(members);
        this.decompressing = compression == Compression.NONE
                ? null
                : ByteHandOver.start("decompression", bytes -> readAll(compression, bytes));
    }

    private void readAll(Compression compression, InputStream compressed) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (InputStream content = compression.open(compressed)) {
            for (int read = content.read(buffer.array()); read >= 0; read = content.read(buffer.array())) {
                tar.accept(buffer.clear().limit(read));
            }
        }
    }

    void accept(ByteBuffer data) throws IOException {
        ByteHandOver handedOver = decompressing;
        if (handedOver == null) {
            tar.accept(data);
        } else {
            handedOver.put(data);
        }
    }

    /** Waits until the whole archive has been taken apart; it must be complete. */
    void end() throws IOException {
        ByteHandOver handedOver = decompressing;
        if (handedOver != null) {
            handedOver.end();
        }
        tar.end();
    }

    /** Whether the archive had the blocks of zeros with which tar files end; known after {@link #end}. */
    boolean hasEndBlocks() {
        return tar.hasEnded();
    }

    @Override
    public void close() {
        ByteHandOver handedOver = decompressing;
        if (handedOver != null) {
            handedOver.close();
        }
    }
}
