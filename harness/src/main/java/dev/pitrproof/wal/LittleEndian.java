package dev.pitrproof.wal;

/**
 * Numbers as the writing server had them in memory, at any offset of an array. Plain enough for the quick compiler, which
 * is the one that counts in a process of a second, and which makes a dozen calls of each access to a {@code ByteBuffer}.
 */
final class LittleEndian {

    private LittleEndian() {}

    /** 0 to 65,535. */
    static int shortAt(byte[] bytes, int index) {
        return (bytes[index] & 0xFF) | (bytes[index + 1] & 0xFF) << 8;
    }

    static int intAt(byte[] bytes, int index) {
        return shortAt(bytes, index) | shortAt(bytes, index + 2) << 16;
    }

    static long longAt(byte[] bytes, int index) {
        return Integer.toUnsignedLong(intAt(bytes, index)) | (long) intAt(bytes, index + 4) << 32;
    }
}
