package dev.pitrproof.compression;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;

/**
 * How hard a file is compressed.
 *
 * @param method what with
 * @param level gzip 1 to 9, lz4 1 to 12, zstd -131072 to 22; empty: the method's own default
 * @param workers how many threads compress, zstd only; empty: the one that writes
 * @param longDistance whether it looks for repetitions far back, zstd only
 */
public record CompressionLevel(Compression method, OptionalInt level, OptionalInt workers, boolean longDistance) {

    private static final int BUFFER_BYTES = 1 << 16;
    /** As {@code ZSTD_c_enableLongDistanceMatching} chooses it. */
    private static final int LONG_WINDOW_LOG = 27;

    /** @throws IllegalArgumentException with a message fit for a user, if the method does not know such a level or detail */
    public CompressionLevel {
        int least =
                switch (method) {
                    case NONE -> 0;
                    case GZIP, LZ4 -> 1;
                    case ZSTD -> -131072;
                };
        int most =
                switch (method) {
                    case NONE -> 0;
                    case GZIP -> 9;
                    case LZ4 -> 12;
                    case ZSTD -> 22;
                };
        if (level.isPresent() && (level.getAsInt() < least || level.getAsInt() > most)) {
            throw new IllegalArgumentException(
                    "compression level of " + method.name().toLowerCase(Locale.ROOT) + " is " + level.getAsInt()
                            + ": expected " + least + " to " + most);
        }
        if (method != Compression.ZSTD && (workers.isPresent() || longDistance)) {
            throw new IllegalArgumentException("compression " + method.name().toLowerCase(Locale.ROOT) + " has no "
                    + (longDistance ? "long-distance mode" : "workers") + ": only zstd has");
        }
        if (workers.isPresent() && (workers.getAsInt() < 0 || workers.getAsInt() > 200)) {
            throw new IllegalArgumentException(
                    "number of compression workers is " + workers.getAsInt() + ": expected 0 to 200");
        }
    }

    /** The method with its own defaults. */
    public static CompressionLevel of(Compression method) {
        return new CompressionLevel(method, OptionalInt.empty(), OptionalInt.empty(), false);
    }

    public CompressionLevel withLevel(int chosen) {
        return new CompressionLevel(method, OptionalInt.of(chosen), workers, longDistance);
    }

    public CompressionLevel withWorkers(int threads) {
        return new CompressionLevel(method, level, OptionalInt.of(threads), longDistance);
    }

    public CompressionLevel withLongDistance(boolean wanted) {
        return new CompressionLevel(method, level, workers, wanted);
    }

    /** Compresses what is written to it into {@code compressed}, which is closed with it. */
    public OutputStream open(OutputStream compressed) throws IOException {
        return switch (method) {
            case NONE -> compressed;
            case GZIP -> new Gzip(compressed, level.orElse(-1));
            case ZSTD -> zstd(compressed);
            case LZ4 -> lz4(compressed);
        };
    }

    private OutputStream zstd(OutputStream compressed) throws IOException {
        ZstdOutputStreamNoFinalizer stream = new ZstdOutputStreamNoFinalizer(compressed);
        if (level.isPresent()) {
            stream.setLevel(level.getAsInt());
        }
        if (workers.isPresent()) {
            stream.setWorkers(workers.getAsInt());
        }
        if (longDistance) {
            stream.setLong(LONG_WINDOW_LOG);
        }
        return stream;
    }

    private OutputStream lz4(OutputStream compressed) throws IOException {
        LZ4Factory factory = LZ4Factory.fastestInstance();
        LZ4Compressor compressor =
                level.orElse(1) <= 1 ? factory.fastCompressor() : factory.highCompressor(level.getAsInt());
        return new LZ4FrameOutputStream(
                compressed,
                LZ4FrameOutputStream.BLOCKSIZE.SIZE_256KB,
                -1L,
                compressor,
                XXHashFactory.fastestInstance().hash32(),
                LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
    }

    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream compressed, int level) throws IOException {
            super(compressed, BUFFER_BYTES);
            def.setLevel(level);
        }
    }
}
