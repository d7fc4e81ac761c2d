package dev.pitrproof.backup.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class IncrementalHeaderTest {

    private static final int SEGMENT = 131_072;

    private static ByteBuffer header(int magic, int count, int truncation, int... blocks) {
        int bytes = 12 + 4 * blocks.length;
        ByteBuffer file = ByteBuffer.allocate(blocks.length == 0 ? 12 : (bytes + 8191) / 8192 * 8192)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(magic)
                .putInt(count)
                .putInt(truncation);
        for (int block : blocks) {
            file.putInt(block);
        }
        return file.rewind();
    }

    private static IncrementalHeader parse(ByteBuffer header, int blocks) {
        return IncrementalHeader.parse(header, header.capacity() + 8192L * blocks, SEGMENT);
    }

    @Test
    void anUnchangedFileIsTwelveBytes() {
        IncrementalHeader header = parse(header(IncrementalHeader.MAGIC, 0, 7), 0);

        assertThat(header.bytes()).isEqualTo(12);
        assertThat(header.wholeBlocks()).isEqualTo(7);
    }

    @Test
    void blocksBeginAtAMultipleOfTheirSize() {
        IncrementalHeader header = parse(header(IncrementalHeader.MAGIC, 2, 3, 1, 9), 2);

        assertThat(header.blocks()).containsExactly(1, 9);
        assertThat(header.offset(0)).isEqualTo(8192);
        assertThat(header.offset(1)).isEqualTo(16_384);
        assertThat(header.wholeBlocks()).isEqualTo(10);
    }

    @Test
    void aHeaderCanTakeMoreThanOneBlock() {
        int[] all = new int[5000];
        for (int i = 0; i < all.length; i++) {
            all[i] = i * 2;
        }
        assertThat(parse(header(IncrementalHeader.MAGIC, all.length, 0, all), all.length)
                        .bytes())
                .isEqualTo(3 * 8192);
    }

    @Test
    void saysWhatIsWrong() {
        assertRefused(header(0x12345678, 0, 0), 0, "magic number is 0x12345678: expected 0xd3ae1f0d");
        assertRefused(header(IncrementalHeader.MAGIC, 200_000, 0), 0, "it has 200000 blocks: expected at most 131072");
        assertRefused(header(IncrementalHeader.MAGIC, -1, 0), 0, "it has 4294967295 blocks");
        assertRefused(
                header(IncrementalHeader.MAGIC, 0, 131_073), 0, "truncation block length is 131073: expected at most");
        assertRefused(header(IncrementalHeader.MAGIC, 1, 0, 131_072), 1, "block number is 131072: expected less than");
        assertRefused(
                header(IncrementalHeader.MAGIC, 2, 0, 5, 5), 2, "block number 5 comes behind 5: expected numbers");
        assertRefused(header(IncrementalHeader.MAGIC, 2, 0, 5, 4), 2, "block number 4 comes behind 5");
        assertRefused(header(IncrementalHeader.MAGIC, 2, 0, 4, 5), 1, "it has 16384 bytes: expected 24576");
        assertRefused(ByteBuffer.allocate(11), 0, "it has 11 bytes: expected 12 at least");
    }

    private static void assertRefused(ByteBuffer header, int blocks, String words) {
        assertThatThrownBy(() -> parse(header, blocks))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    /** Whatever the bytes are: refused in words, or a header whose every block lies in the file. */
    @RepeatedTest(20)
    void mutilatedHeaders(RepetitionInfo repetition) {
        Random random = new Random(4711 + repetition.getCurrentRepetition());
        for (int trial = 0; trial < 2000; trial++) {
            int[] blocks = random.ints(random.nextInt(40), 0, SEGMENT)
                    .sorted()
                    .distinct()
                    .toArray();
            ByteBuffer file = header(IncrementalHeader.MAGIC, blocks.length, random.nextInt(SEGMENT + 1), blocks);
            long size = file.capacity() + 8192L * blocks.length;
            for (int i = random.nextInt(3); i >= 0; i--) {
                file.put(random.nextInt(Math.min(file.capacity(), 12 + 4 * blocks.length)), (byte) random.nextInt());
            }
            ByteBuffer given = random.nextInt(4) == 0 ? file.slice(0, random.nextInt(file.capacity() + 1)) : file;
            try {
                IncrementalHeader header = IncrementalHeader.parse(given, size, SEGMENT);
                BlockMap map = new BlockMap(header);
                map.add(0, header);
                for (int block = 0; block < map.blocks(); block += map.stretch(block, 128)) {
                    if (map.backup(block).isPresent()) {
                        assertThat(map.offset(block)).isBetween((long) header.bytes(), size - 8192);
                    }
                }
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }
}
