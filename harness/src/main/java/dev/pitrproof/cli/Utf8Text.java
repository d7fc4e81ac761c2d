package dev.pitrproof.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text that is put together as the bytes it is printed as: for output of millions of lines. */
final class Utf8Text {

    /** Of an {@code int}. */
    private static final int DIGITS_MAX = 10;

    private static final byte[] HEXADECIMAL_DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

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
        if (number < 0) {
            int tens = Integer.divideUnsigned(number, 10);
            return appendDecimal(tens).append((char) ('0' + (number - 10 * tens)));
        }
        int digits = 1;
        for (int limit = 10; digits < DIGITS_MAX && limit <= number; limit *= 10) {
            digits++;
        }
        return appendDecimal(number, digits);
    }

    /** With leading zeros, or without the leading digits that are too many. */
    Utf8Text appendDecimal(int number, int digits) {
        ensureRoom(digits);
        int left = number;
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
            bytes[length++] = HEXADECIMAL_DIGITS[number >>> shift & 0xF];
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
