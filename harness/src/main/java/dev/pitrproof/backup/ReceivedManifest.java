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

    /** Assigns only. */
    ReceivedManifest(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    void begin() throws IOException {
        channel = MemberFiles.create(file, 0600);
    }

    void accept(ByteBuffer data) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("manifest data before the manifest");
        }
        while (data.hasRemaining()) {
            open.write(data);
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
