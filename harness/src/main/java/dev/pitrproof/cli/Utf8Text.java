package dev.pitrproof.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text that is put together as the bytes it is printed as: for output of millions of lines. */
final class Utf8Text {

    private byte[] bytes;
    private int length;

    /** @param bytesFirst how much there is room for at first */
    Utf8Text(int bytesFirst) {
        this.bytes = new byte[bytesFirst];
    }

    /** The text; the first {@link #length} bytes count, until more is appended. */
    byte[] bytes() {
        return bytes;
    }

    /** In bytes. */
    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    Utf8Text append(String text) {
        return append(text.getBytes(StandardCharsets.UTF_8));
    }

    Utf8Text append(byte[] text) {
        ensureRoom(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
        return this;
    }

    /** @param character of ASCII */
    Utf8Text append(char character) {
        ensureRoom(1);
        bytes[length++] = (byte) character;
        return this;
    }

    /** As {@code Integer.toUnsignedString} does. */
    Utf8Text appendDecimal(int number) {
        long left = Integer.toUnsignedLong(number);
        int digits = 1;
        for (long limit = 10; limit <= left; limit *= 10) {
            digits++;
        }
        return appendDecimal(left, digits);
    }

    /** With leading zeros, or without the leading digits that are too many. */
    Utf8Text appendDecimal(long number, int digits) {
        ensureRoom(digits);
        long left = number;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += digits;
        return this;
    }

    /** Upper case, without leading zeros. */
    Utf8Text appendHexadecimal(int number) {
        ensureRoom(8);
        for (int shift = Math.max(0, 28 - Integer.numberOfLeadingZeros(number) / 4 * 4); shift >= 0; shift -= 4) {
            int digit = number >>> shift & 0xF;
            bytes[length++] = (byte) (digit < 10 ? '0' + digit : 'A' + digit - 10);
        }
        return this;
    }

    /** Appends spaces until there are {@code end} bytes. */
    Utf8Text padTo(int end) {
        if (end > length) {
            ensureRoom(end - length);
            Arrays.fill(bytes, length, end, (byte) ' ');
            length = end;
        }
        return this;
    }

    private void ensureRoom(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
