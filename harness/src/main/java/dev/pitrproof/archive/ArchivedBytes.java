package dev.pitrproof.archive;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.DecodingStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content of an archived segment, at any offset.
 *
 * <p>One that is compressed, or not on this machine, is brought here once, into a file in the directory for temporary files that has no name any more
 * when it is filled: it goes with this object, or with the process. Of what a file decompresses to, one byte more than a
 * segment is kept, which is enough to see that it is too long.
 */
final class ArchivedBytes implements AutoCloseable {

    private static final int PIECE_BYTES = 1 << 16;

    private final FileChannel channel;
    /** A partial segment goes on with zeros up to here. */
    private final long paddedTo;

    private final DecodingStream.@Nullable Failure failure;

    private ArchivedBytes(FileChannel channel, long paddedTo, DecodingStream.@Nullable Failure failure) {
        this.channel = channel;
        this.paddedTo = paddedTo;
        this.failure = failure;
    }

    /** @throws IOException if the file cannot be read, or no temporary file written */
    static ArchivedBytes open(ArchivedFile file, int segmentSize) throws IOException {
        long paddedTo = file.partial() ? segmentSize : 0;
        Optional<Path> directory = file.store().directory();
        if (file.compression() == Compression.NONE && directory.isPresent()) {
            Path path = directory.get().resolve(file.fileName());
            return new ArchivedBytes(FileChannel.open(path, StandardOpenOption.READ), paddedTo, null);
        }
        try (DecodingStream content = file.content()) {
            FileChannel channel = unnamedFile();
            try {
                copy(content, channel, segmentSize + 1L);
                return new ArchivedBytes(channel, paddedTo, content.failure().orElse(null));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
    }

    private static FileChannel unnamedFile() throws IOException {
        Path file = Files.createTempFile("pitrproof-segment", null);
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
    }

    private static void copy(DecodingStream content, FileChannel channel, long bytesMax) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        long left = bytesMax;
        while (left > 0) {
            int read = content.read(piece, 0, (int) Math.min(piece.length, left));
            if (read < 0) {
                return;
            }
            ByteBuffer bytes = ByteBuffer.wrap(piece, 0, read);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            left -= read;
        }
    }

    /** As {@link dev.pitrproof.wal.SegmentSource#read} says. */
    int read(long offset, ByteBuffer into) throws IOException {
        int read = channel.read(into, offset);
        if (read >= 0 || offset >= paddedTo) {
            return read;
        }
        int zeros = (int) Math.min(into.remaining(), paddedTo - offset);
        for (int i = 0; i < zeros; i++) {
            into.put((byte) 0);
        }
        return zeros;
    }

    /** How many bytes there are, decompressed: at most one more than a segment has if it was compressed. */
    long length() throws IOException {
        return Math.max(channel.size(), paddedTo);
    }

    /** Why the content ends before the end of the segment, if it could not be decompressed. */
    Optional<DecodingStream.Failure> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
