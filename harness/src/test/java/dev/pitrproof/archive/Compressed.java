package dev.pitrproof.archive;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.codec.digest.XXHash32;

/** Compresses files as the scripts of people with large archives do. */
public final class Compressed {

    /** Tests compress the same segments again and again. */
    private static final Map<String, byte[]> KNOWN = new ConcurrentHashMap<>();

    private Compressed() {}

    /** The content as a file of that suffix holds it; without a suffix, as it is. */
    static byte[] bytes(byte[] content, String suffix) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(content);
        String key = suffix + " " + content.length + " " + crc.getValue();
        byte[] known = KNOWN.get(key);
        if (known == null) {
            known = compress(content, suffix);
            KNOWN.put(key, known);
        }
        return known;
    }

    private static byte[] compress(byte[] content, String suffix) throws IOException {
        if (suffix.equals(".lz4")) {
            return lz4(content);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compress(bytes, suffix)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static OutputStream compress(OutputStream out, String suffix) throws IOException {
        return switch (suffix) {
            case "" -> out;
            case ".gz" -> new GZIPOutputStream(out);
            case ".zst" -> new ZstdOutputStreamNoFinalizer(out).setChecksum(true);
            default -> throw new IllegalArgumentException("no compression " + suffix);
        };
    }

    /** A frame of stored blocks: the one compressor for lz4 at hand takes minutes for a few megabytes. */
    private static byte[] lz4(byte[] content) throws IOException {
        XXHash32 hash = new XXHash32();
        byte[] descriptor = {0x64, 0x40
        }; // version 1, independent blocks of up to 64 kB, with a checksum of the content
        hash.update(descriptor, 0, descriptor.length);
        ByteBuffer frame = ByteBuffer.allocate(content.length + content.length / 1000 + 100)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x184D2204)
                .put(descriptor)
                .put((byte) (hash.getValue() >> 8));
        for (int at = 0; at < content.length; at += 1 << 16) {
            int length = Math.min(1 << 16, content.length - at);
            frame.putInt(length | 1 << 31).put(content, at, length);
        }
        hash.reset();
        hash.update(content, 0, content.length);
        frame.putInt(0).putInt((int) hash.getValue());
        return Arrays.copyOf(frame.array(), frame.position());
    }

    /** Replaces a file by a compressed one; returns that. */
    public static Path replace(Path file, String suffix) throws IOException {
        Path compressed = file.resolveSibling(file.getFileName() + suffix);
        byte[] content = Files.readAllBytes(file);
        Files.delete(file);
        return Files.write(compressed, bytes(content, suffix));
    }
}
