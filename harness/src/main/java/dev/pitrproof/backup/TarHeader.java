package dev.pitrproof.backup;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The header of a member of a tar stream as {@code src/port/tar.c} writes it: plain ustar, numbers in octal, or in base
 * 256 when they are too big for it; never a prefix, never extensions of GNU or pax.
 *
 * @param name without a leading {@code ./} and without a trailing slash
 * @param size bytes of content, 0 for anything but a file
 * @param mode the permission bits
 * @param linkTarget of a symbolic link, else empty
 */
record TarHeader(String name, Type type, long size, int mode, String linkTarget) {

    enum Type {
        FILE,
        DIRECTORY,
        SYMBOLIC_LINK
    }

    static final int BLOCK_BYTES = 512;

    private static final int NAME_AT = 0;
    private static final int NAME_BYTES = 100;
    private static final int MODE_AT = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE_AT = 156;
    private static final int LINK_AT = 157;

    /** Reads a block that is not all zeros. */
    static TarHeader parse(byte[] block) throws TarFormatException {
        if (number(block, CHECKSUM_AT, CHECKSUM_BYTES) != checksum(block)) {
            throw new TarFormatException("tar header \"" + string(block, NAME_AT) + "\" has a wrong checksum");
        }
        String name = relative(string(block, NAME_AT));
        Type type =
                switch (block[TYPE_AT]) {
                    case '0', 0 -> Type.FILE;
                    case '5' -> Type.DIRECTORY;
                    case '2' -> Type.SYMBOLIC_LINK;
                    default ->
                        throw new TarFormatException("tar member \"" + name + "\" is of type '" + (char) block[TYPE_AT]
                                + "': expected a file, a directory or a symbolic link");
                };
        long size = number(block, SIZE_AT, SIZE_BYTES);
        int mode = (int) number(block, MODE_AT, 8) & 0777;
        return new TarHeader(name, type, type == Type.FILE ? size : 0, mode, string(block, LINK_AT));
    }

    /** A file's header as a block, with the time of its last change in seconds since 1970. */
    static byte[] ofFile(String name, long size, int mode, long modifiedSeconds) {
        byte[] block = new byte[BLOCK_BYTES];
        put(block, NAME_AT, name);
        put(block, MODE_AT, String.format(Locale.ROOT, "%07o", mode));
        put(block, 108, "0000000"); // owner and group: whoever unpacks it
        put(block, 116, "0000000");
        put(block, SIZE_AT, String.format(Locale.ROOT, "%011o", size));
        put(block, 136, String.format(Locale.ROOT, "%011o", modifiedSeconds));
        block[TYPE_AT] = '0';
        put(block, 257, "ustar");
        put(block, 263, "00");
        put(block, CHECKSUM_AT, String.format(Locale.ROOT, "%06o", checksum(block)));
        block[CHECKSUM_AT + CHECKSUM_BYTES - 1] = ' ';
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String relative(String name) throws TarFormatException {
        String shortened = name.startsWith("./") ? name.substring(2) : name;
        shortened = shortened.endsWith("/") ? shortened.substring(0, shortened.length() - 1) : shortened;
        for (String part : shortened.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new TarFormatException("tar member \"" + name + "\" does not stay inside its directory");
            }
        }
        return shortened;
    }

    private static String string(byte[] block, int at) {
        int end = at;
        while (end < at + NAME_BYTES && block[end] != 0) {
            end++;
        }
        return FileName.decode(Arrays.copyOfRange(block, at, end));
    }

    private static long number(byte[] block, int at, int length) throws TarFormatException {
        if ((block[at] & 0x80) != 0) {
            long value = 0;
            boolean tooLarge = block[at] != (byte) 0x80;
            for (int i = at + 1; i < at + length; i++) {
                tooLarge |= value >>> (Long.SIZE - 9) != 0;
                value = (value << 8) | (block[i] & 0xFF);
            }
            if (tooLarge) {
                throw new TarFormatException("tar header has a negative number, or one of more than 63 bits");
            }
            return value;
        }
        String octal = new String(block, at, length, StandardCharsets.US_ASCII)
                .replace('\0', ' ')
                .strip();
        try {
            if (octal.startsWith("-") || octal.startsWith("+")) {
                throw new NumberFormatException();
            }
            return octal.isEmpty() ? 0 : Long.parseLong(octal, 8);
        } catch (NumberFormatException e) {
            throw new TarFormatException("tar header has \"" + octal + "\" where an octal number is expected");
        }
    }

    private static int checksum(byte[] block) {
        int sum = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            boolean inChecksum = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
            sum += inChecksum ? ' ' : block[i] & 0xFF;
        }
        return sum;
    }
}
