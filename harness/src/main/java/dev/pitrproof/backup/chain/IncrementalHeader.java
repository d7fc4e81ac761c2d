package dev.pitrproof.backup.chain;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The beginning of a file {@code INCREMENTAL.name} of PostgreSQL 17 and newer, which holds only some blocks of a relation's
 * file; written by {@code sendFile} in {@code basebackup.c}, little-endian:
 *
 * <pre>
 * u32  magic number 0xd3ae1f0d
 * u32  number of blocks that follow
 * u32  truncation block length
 * u32  block numbers, ascending, one for each block; relative to this file
 *      zeros up to a multiple of 8192 bytes, only if there are blocks
 *      the blocks, 8192 bytes each
 * </pre>
 *
 * <p>Blocks below the truncation block length that are not here are in an older backup; from there on the file has only
 * what is here.
 *
 * @param truncationBlocks the least number of blocks that the whole file has
 * @param blocks the numbers of the blocks that are here, ascending
 * @param bytes how long the header is
 */
@SuppressWarnings("ArrayRecordComponent") // up to 131072 numbers, for the moment of reading one file
record IncrementalHeader(int truncationBlocks, int[] blocks, int bytes) {

    static final int MAGIC = 0xd3ae1f0d;

    /** PostgreSQL's default, and the only one that we know. */
    static final int BLOCK_BYTES = 8192;

    private static final int FIXED_BYTES = 12;

    /** How many bytes to read for {@link #parse}: enough for the longest header there can be. */
    static long bytesMax(int segmentBlocks) {
        return aligned(FIXED_BYTES + (long) Integer.BYTES * segmentBlocks);
    }

    /**
     * Reads the header and checks that the file is as long as it says.
     *
     * @param beginning the file's first bytes, as many as it has or at least {@link #bytesMax}
     * @param fileBytes how long the file is
     * @param segmentBlocks how many blocks a relation's file has at most
     * @throws IllegalArgumentException says what was found, and what is expected
     */
    static IncrementalHeader parse(ByteBuffer beginning, long fileBytes, int segmentBlocks) {
        ByteBuffer in = beginning.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < FIXED_BYTES) {
            throw new IllegalArgumentException("it has " + in.remaining() + " bytes: expected " + FIXED_BYTES
                    + " at least for the header of an incremental file");
        }
        int magic = in.getInt();
        if (magic != MAGIC) {
            throw new IllegalArgumentException("magic number is 0x" + Integer.toHexString(magic) + ": expected 0x"
                    + Integer.toHexString(MAGIC) + ", with which incremental files begin");
        }
        long count = Integer.toUnsignedLong(in.getInt());
        if (count > segmentBlocks) {
            throw new IllegalArgumentException(
                    "it has " + count + " blocks: expected at most " + segmentBlocks + ", as a relation's file");
        }
        long truncation = Integer.toUnsignedLong(in.getInt());
        if (truncation > segmentBlocks) {
            throw new IllegalArgumentException("truncation block length is " + truncation + ": expected at most "
                    + segmentBlocks + ", as a relation's file has");
        }
        long headerBytes = count == 0 ? FIXED_BYTES : aligned(FIXED_BYTES + Integer.BYTES * count);
        long expected = headerBytes + count * BLOCK_BYTES;
        if (fileBytes != expected) {
            throw new IllegalArgumentException(
                    "it has " + fileBytes + " bytes: expected " + expected + " with the " + count + " blocks it names");
        }
        if (in.remaining() < Integer.BYTES * count) {
            throw new IllegalArgumentException("its header is cut off: expected the numbers of " + count + " blocks");
        }
        return new IncrementalHeader((int) truncation, numbers(in, (int) count, segmentBlocks), (int) headerBytes);
    }

    private static int[] numbers(ByteBuffer in, int count, int segmentBlocks) {
        int[] numbers = new int[count];
        long before = -1;
        for (int i = 0; i < count; i++) {
            long number = Integer.toUnsignedLong(in.getInt());
            if (number >= segmentBlocks) {
                throw new IllegalArgumentException("block number is " + number + ": expected less than " + segmentBlocks
                        + ", as a relation's file has");
            }
            if (number <= before) {
                throw new IllegalArgumentException(
                        "block number " + number + " comes behind " + before + ": expected numbers that ascend");
            }
            numbers[i] = (int) number;
            before = number;
        }
        return numbers;
    }

    private static long aligned(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /** How many blocks the whole file has, of which this is the newest part. */
    int wholeBlocks() {
        return blocks.length == 0 ? truncationBlocks : Math.max(truncationBlocks, blocks[blocks.length - 1] + 1);
    }

    /** Where in the file the block is that {@link #blocks} names at this place. */
    long offset(int place) {
        return bytes + (long) place * BLOCK_BYTES;
    }
}
