package dev.pitrproof.backup.chain;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * For each block of a relation's file, in which backup it is: the newest that has it.
 *
 * <p>Backups are taken in from the newest to the oldest. A block at or behind a backup's truncation block length that this
 * backup does not have was not there, or all zeros, when it was taken, so that no older backup may give it.
 * pg_combinebackup minds only the newest backup's; the two differ where a file was cut and then grew again by a page that
 * nobody wrote to.
 */
final class BlockMap {

    private static final short NOWHERE = -1;

    private final short[] source;
    private final long[] offset;
    private int wantedBelow;

    /** @param newest the header of the newest part, which says how long the whole is */
    BlockMap(IncrementalHeader newest) {
        int blocks = newest.wholeBlocks();
        source = new short[blocks];
        offset = new long[blocks];
        Arrays.fill(source, NOWHERE);
        wantedBelow = blocks;
    }

    /** Takes in the next older part. */
    void add(int backup, IncrementalHeader part) {
        for (int place = 0; place < part.blocks().length; place++) {
            take(part.blocks()[place], backup, part.offset(place));
        }
        wantedBelow = Math.min(wantedBelow, part.truncationBlocks());
    }

    /** Takes in the oldest: a whole file. */
    void addWhole(int backup, long fileBytes) {
        long blocks = Math.min(wantedBelow, fileBytes / IncrementalHeader.BLOCK_BYTES);
        for (int block = 0; block < blocks; block++) {
            take(block, backup, (long) block * IncrementalHeader.BLOCK_BYTES);
        }
    }

    private void take(int block, int backup, long at) {
        if (block < wantedBelow && source[block] == NOWHERE) {
            source[block] = (short) backup;
            offset[block] = at;
        }
    }

    int blocks() {
        return source.length;
    }

    /** The backup that has the block; empty where the block is all zeros. */
    OptionalInt backup(int block) {
        return source[block] == NOWHERE ? OptionalInt.empty() : OptionalInt.of(source[block]);
    }

    /** Where in that backup's file the block is. */
    long offset(int block) {
        return offset[block];
    }

    /** How many blocks from this one on are one stretch of one backup's file, at most so many. */
    int stretch(int block, int most) {
        int length = 1;
        while (length < most
                && block + length < source.length
                && source[block + length] == source[block]
                && (source[block] == NOWHERE
                        || offset[block + length] == offset[block] + (long) length * IncrementalHeader.BLOCK_BYTES)) {
            length++;
        }
        return length;
    }
}
