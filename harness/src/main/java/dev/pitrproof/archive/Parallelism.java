package dev.pitrproof.archive;

/**
 * How reading is shared out.
 *
 * @param threads that read ahead, beside the one that takes over what they read; one reads from end to end by itself
 * @param sectionBytes how much is read at a time by each, a multiple of the page size
 */
record Parallelism(int threads, int sectionBytes) {

    /** More than these would wait for the one thread that takes over what they read. */
    private static final int THREADS_MAX = 8;

    /** Large enough that finding the first record costs nothing, small enough that the threads end at the same time. */
    private static final int SECTION_BYTES_MIN = 4 << 20;

    /** A section is not less than a segment: whoever reads part of a compressed one must decompress it all. */
    static Parallelism ofThisMachine(int segmentSize) {
        return new Parallelism(
                Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors()),
                Math.max(SECTION_BYTES_MIN, segmentSize));
    }
}
