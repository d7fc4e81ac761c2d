package dev.pitrproof.backup;

import java.nio.IntBuffer;

/**
 * The checksum of a page as servers with {@code data_checksums} write it: 32 parallel FNV-1a sums over the page's 32-bit
 * words, folded into 16 bits; see {@code src/include/storage/checksum_impl.h}.
 *
 * <p>Pages are those of little-endian servers. Not for use by several threads.
 */
final class PageChecksum {

    private static final int SUMS = 32;
    private static final int PRIME = 16777619;
    private static final int CHECKSUM_WORD = 2;

    private static final int[] BASES = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
    };

    private final int[] words;

    /** @param pageSize in bytes */
    PageChecksum(int pageSize) {
        words = new int[pageSize / Integer.BYTES];
    }

    /** Takes the next page out of the buffer, which the other methods are then about. */
    void read(IntBuffer pages) {
        pages.get(words);
    }

    /** What the page says its checksum is. */
    int stored() {
        return words[CHECKSUM_WORD] & 0xFFFF;
    }

    /** Whether it was added to its file and never written since: then it has no checksum, and is to hold nothing. */
    boolean isNew() {
        return words[3] >>> 16 == 0; // pd_upper
    }

    boolean isEmpty() {
        for (int word : words) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * What its checksum has to be, 1 to 65535.
     *
     * @param block the page's number in its relation
     */
    int of(int block) {
        int stored = words[CHECKSUM_WORD];
        words[CHECKSUM_WORD] = stored & 0xFFFF0000;
        int folded = eightSums(0) ^ eightSums(8) ^ eightSums(16) ^ eightSums(24);
        words[CHECKSUM_WORD] = stored;
        return Integer.remainderUnsigned(folded ^ block, 65535) + 1;
    }

    /** Eight sums in local variables: measured faster than an array of 32, which the compiler keeps in memory. */
    private int eightSums(int first) {
        int a = BASES[first];
        int b = BASES[first + 1];
        int c = BASES[first + 2];
        int d = BASES[first + 3];
        int e = BASES[first + 4];
        int f = BASES[first + 5];
        int g = BASES[first + 6];
        int h = BASES[first + 7];
        for (int i = first; i < words.length; i += SUMS) {
            a = next(a, words[i]);
            b = next(b, words[i + 1]);
            c = next(c, words[i + 2]);
            d = next(d, words[i + 3]);
            e = next(e, words[i + 4]);
            f = next(f, words[i + 5]);
            g = next(g, words[i + 6]);
            h = next(h, words[i + 7]);
        }
        return last(a) ^ last(b) ^ last(c) ^ last(d) ^ last(e) ^ last(f) ^ last(g) ^ last(h);
    }

    private static int last(int sum) {
        return next(next(sum, 0), 0);
    }

    private static int next(int sum, int word) {
        int mixed = sum ^ word;
        return mixed * PRIME ^ mixed >>> 17;
    }
}
