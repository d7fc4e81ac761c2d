package dev.pitrproof.replication;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/** Spoils bytes at random, the same way for the same seed: as disks, networks and attackers do. */
public final class Mutation {

    private Mutation() {}

    /** Flips a bit, or cuts, inserts, repeats or swaps stretches; may come out unchanged. */
    public static byte[] of(byte[] original, Random random) {
        int from = random.nextInt(original.length);
        int length = 1 + random.nextInt(Math.min(original.length - from, 1 + random.nextInt(600)));
        byte[] copy = original.clone();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                copy[from] ^= (byte) (1 << random.nextInt(8));
                return copy;
            }
            case 3 -> out.write(copy, 0, from);
            case 4 -> {
                byte[] inserted = new byte[length];
                random.nextBytes(inserted);
                out.write(copy, 0, from);
                out.writeBytes(inserted);
                out.write(copy, from, copy.length - from);
            }
            case 5 -> {
                out.write(copy, 0, from + length);
                out.write(copy, from, copy.length - from);
            }
            case 6 -> {
                out.write(copy, 0, from);
                out.write(copy, from + length, copy.length - from - length);
            }
            default -> {
                int other = random.nextInt(copy.length - length + 1);
                byte[] stretch = new byte[length];
                System.arraycopy(copy, from, stretch, 0, length);
                System.arraycopy(copy, other, copy, from, length);
                System.arraycopy(stretch, 0, copy, other, length);
                return copy;
            }
        }
        return out.toByteArray();
    }
}
