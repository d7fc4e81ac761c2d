package dev.pitrproof.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream.BlockSize;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init") // JUnit sets the field
class Lz4FrameStreamTest {

    @TempDir
    Path directory;

    private byte[] decoded = new byte[0];
    private boolean truncated;

    /** Runs, repetitions near and far, and noise, over several blocks. */
    private static byte[] content() {
        Random random = new Random(7);
        byte[] content = new byte[200_000];
        random.nextBytes(content);
        Arrays.fill(content, 1000, 40_000, (byte) 7);
        for (int at = 40_000; at < 60_000; at++) {
            content[at] = content[at - 3];
        }
        System.arraycopy(content, 0, content, 63_000, 900);
        System.arraycopy(content, 60_000, content, 120_000, 20_000);
        return content;
    }

    private static byte[] compress(byte[] content, boolean sums, boolean linked) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (FramedLZ4CompressorOutputStream out =
                new FramedLZ4CompressorOutputStream(bytes, new Parameters(BlockSize.K64, sums, sums, linked))) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** Why it could not be decoded to its end; empty if it could. */
    private String decode(byte[] compressed) throws IOException {
        Path file = Files.write(directory.resolve("file.lz4"), compressed);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DecodingStream stream = DecodingStream.open(file, Compression.LZ4)) {
            byte[] piece = new byte[777];
            for (int read = stream.read(piece, 0, piece.length);
                    read >= 0;
                    read = stream.read(piece, 0, piece.length)) {
                bytes.write(piece, 0, read);
            }
            decoded = bytes.toByteArray();
            truncated = stream.failure().map(DecodingStream.Failure::truncated).orElse(false);
            return stream.failure().map(DecodingStream.Failure::message).orElse("");
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void readsFramesOfEachKind(boolean sums, boolean linked) throws IOException {
        assertThat(decode(compress(content(), sums, linked))).isEmpty();
        assertThat(decoded).isEqualTo(content());
    }

    @Test
    void readsFramesOneBehindTheOther() throws IOException {
        byte[] one = compress(content(), false, true);
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);

        assertThat(decode(two)).isEmpty();
        assertThat(decoded).hasSize(400_000);
    }

    @Test
    void noticesAFlippedBitByTheChecksum() throws IOException {
        byte[] compressed = compress(content(), true, true);
        for (int at : new int[] {4, 5, 6, 9, 500, compressed.length / 2, compressed.length - 1}) {
            byte[] flipped = compressed.clone();
            flipped[at] ^= 1;

            assertThat(decode(flipped)).as("bit flipped at %d", at).isNotEmpty();
        }
    }

    @Test
    void neverTakesWhatIsCutShortForWhole() throws IOException {
        byte[] compressed = compress(content(), false, true);
        for (int length : new int[] {0, 3, 6, 9, 1000, compressed.length - 4, compressed.length - 1}) {
            assertThat(decode(Arrays.copyOf(compressed, length))).isNotEmpty();
            assertThat(truncated).as("cut to %d bytes", length).isTrue();
            assertThat(Arrays.copyOf(content(), decoded.length)).isEqualTo(decoded);
        }
    }

    @Test
    void noticesWhatFollows() throws IOException {
        byte[] compressed = compress(content(), false, false);

        assertThat(decode(Arrays.copyOf(compressed, compressed.length + 5)))
                .isEqualTo("it cannot be decompressed after 200000 bytes of content");
    }
}
