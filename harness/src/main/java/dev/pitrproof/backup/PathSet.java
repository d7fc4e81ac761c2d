package dev.pitrproof.backup;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which paths a manifest names, in some 16 bytes each: the beginnings of their SHA-256. Manifests may name millions of
 * files, and that two of them are alike in 64 bits is less likely than that memory fails. Not for several threads.
 */
final class PathSet {

    private static final int CAPACITY_MIN = 1 << 12;

    private final MessageDigest sha256;
    private long[] slots = new long[CAPACITY_MIN];
    private int size;

    PathSet() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** False if it was there before. */
    boolean add(String path) {
        if (size * 2 >= slots.length) {
            grow();
        }
        long print = fingerprint(path);
        int slot = slotOf(slots, print);
        if (slots[slot] == print) {
            return false;
        }
        slots[slot] = print;
        size++;
        return true;
    }

    boolean contains(String path) {
        long print = fingerprint(path);
        return slots[slotOf(slots, print)] == print;
    }

    /** Never 0, which stands for an empty slot. */
    private long fingerprint(String path) {
        byte[] digest = sha256.digest(path.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(digest).getLong() | 1;
    }

    /** Where it is, or would be. */
    private static int slotOf(long[] slots, long print) {
        int slot = (int) (print >>> 32) & (slots.length - 1);
        while (slots[slot] != 0 && slots[slot] != print) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        for (long print : slots) {
            if (print != 0) {
                larger[slotOf(larger, print)] = print;
            }
        }
        slots = larger;
    }
}
