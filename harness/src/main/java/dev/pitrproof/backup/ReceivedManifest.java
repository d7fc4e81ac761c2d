package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The manifest while it arrives, under a name by which nobody takes the backup for a whole one. */
final class ReceivedManifest implements AutoCloseable {

    private final Path file;
    private @Nullable FileChannel channel;
    private long left;

    /** Assigns only. */
    ReceivedManifest(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** @param bytesMax with more of it, it is none */
    void begin(long bytesMax) throws IOException {
        left = bytesMax;
        channel = MemberFiles.create(file, 0600);
    }

    void accept(ByteBuffer data) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("manifest data before the manifest");
        }
        left -= data.remaining();
        if (left < 0) {
            throw new TarFormatException("the manifest does not end: it is larger than that of so many files can be");
        }
        try {
            while (data.hasRemaining()) {
                open.write(data);
            }
        } catch (IOException e) {
            throw new IOException("could not write \"" + file + "\": " + e.getMessage(), e);
        }
    }

    void finish(FileSync sync) throws IOException {
        FileChannel open = channel;
        if (open != null) {
            channel = null;
            sync.finish(open);
        }
    }

    @Override
    public void close() throws IOException {
        try (FileChannel open = channel) {
            channel = null;
        }
    }
}
