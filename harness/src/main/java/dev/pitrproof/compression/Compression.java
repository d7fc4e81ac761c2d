package dev.pitrproof.compression;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** How a file is compressed; its name ends in {@link #suffix()}. */
public enum Compression {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst"),
    LZ4(".lz4");

    private static final int BUFFER_BYTES = 1 << 16;

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    public String suffix() {
        return suffix;
    }

    public static Compression ofSuffix(String suffix) {
        for (Compression compression : values()) {
            if (compression.suffix.equals(suffix)) {
                return compression;
            }
        }
        throw new IllegalArgumentException("\"" + suffix + "\" names no compression: expected .gz, .zst or .lz4");
    }

    /** By itself, so that the library is looked for only where there is something for it. */
    private static final class Zstd {

        /** The largest window that zstd knows, as of {@code zstd --ultra -22 --long=31}. */
        private static final int WINDOW_LOG_MAX = 31;

        static InputStream open(InputStream compressed) throws IOException {
            return new ZstdInputStreamNoFinalizer(compressed).setLongMax(WINDOW_LOG_MAX);
        }
    }

    /** Knows what it has not used. */
    static final class Gzip extends GZIPInputStream {

        /** The checksum and the length behind the content. */
        private static final int TRAILER_BYTES = 8;

        Gzip(InputStream compressed) throws IOException {
            super(compressed, BUFFER_BYTES);
        }

        /** Whether bytes follow that are no gzip, which it passes over; asked at the end of the content. */
        boolean isFollowed() {
            return inf.getRemaining() > TRAILER_BYTES;
        }
    }

    /**
     * The content behind {@code compressed}.
     *
     * @throws IOException if it does not begin as such a file does, and from reads where it does not go on so
     */
    public InputStream open(InputStream compressed) throws IOException {
        return switch (this) {
            case NONE -> compressed;
            case GZIP -> new Gzip(compressed);
            case ZSTD -> Zstd.open(compressed);
            case LZ4 -> Lz4FrameStream.open(new BufferedInputStream(compressed, BUFFER_BYTES));
        };
    }
}
