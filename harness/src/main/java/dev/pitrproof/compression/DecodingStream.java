package dev.pitrproof.compression;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content of a compressed file from its beginning to its end, or to where it cannot be decompressed any further.
 *
 * <p>That it cannot is no exception but a {@link #failure()}: whoever reads gets what there is, as of a file that is too
 * short. An exception means that the file itself could not be read, which says nothing about its content.
 */
public final class DecodingStream implements AutoCloseable {

    /**
     * Why a file's content ends too early.
     *
     * @param truncated the compressed file ends in the middle; else it is not what its suffix says, or was changed
     */
    public record Failure(boolean truncated, String message) {}

    private final Compressed compressed;
    private @Nullable InputStream content;
    private @Nullable Failure failure;
    private long delivered;

    private DecodingStream(Compressed compressed) {
        this.compressed = compressed;
    }

    /** @throws IOException if the file cannot be opened or read */
    public static DecodingStream open(Path file, Compression compression) throws IOException {
        return open(Files.newInputStream(file), compression);
    }

    /**
     * The content of a file whose bytes come from elsewhere.
     *
     * @param bytes of the file as it is stored; closed with this stream
     * @throws IOException if they cannot be read
     */
    public static DecodingStream open(InputStream bytes, Compression compression) throws IOException {
        DecodingStream stream = new DecodingStream(new Compressed(bytes));
        try {
            stream.content = compression.open(stream.compressed);
        } catch (IOException | RuntimeException e) {
            stream.fail();
        }
        return stream;
    }

    /** Reads as {@link InputStream#read(byte[], int, int)} does; -1 also where the content fails. */
    public int read(byte[] into, int offset, int length) throws IOException {
        InputStream from = content;
        if (from == null || failure != null) {
            return -1;
        }
        try {
            int read = from.read(into, offset, length);
            delivered += Math.max(read, 0);
            return read;
        } catch (IOException | RuntimeException e) {
            fail(); // decoders meet bytes they were not made for with exceptions of either kind
            return -1;
        }
    }

    /** Reads until {@code into} is full or the content ends; how many bytes that were. */
    public int readFully(byte[] into) throws IOException {
        int filled = 0;
        while (filled < into.length) {
            int read = read(into, filled, into.length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        return filled;
    }

    private void fail() throws IOException {
        IOException cannotRead = compressed.failure;
        if (cannotRead != null) {
            close();
            throw cannotRead;
        }
        boolean truncated = compressed.atEnd;
        failure = new Failure(
                truncated,
                (truncated ? "the compressed file ends in the middle, after " : "it cannot be decompressed after ")
                        + delivered + " bytes of content");
    }

    /** Why the content ended too early, if it did. */
    public Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether something follows the content that belongs to nothing, which gzip passes over; to be asked at the end. */
    public boolean isFollowed() throws IOException {
        return (content instanceof Compression.Gzip gzip && gzip.isFollowed()) || compressed.read() >= 0;
    }

    @Override
    public void close() throws IOException {
        InputStream from = content;
        if (from != null) {
            from.close();
        }
        compressed.close();
    }

    /** Tells a file that cannot be read from one that cannot be decompressed. */
    private static final class Compressed extends FilterInputStream {

        private @Nullable IOException failure;
        private boolean atEnd;

        Compressed(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                int read = in.read(into, offset, length);
                atEnd |= read < 0;
                return read;
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
