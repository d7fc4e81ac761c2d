package dev.pitrproof.compression;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.commons.codec.digest.XXHash32;
import org.jspecify.annotations.Nullable;

/**
 * The content of LZ4 frames, one behind the other; see {@code lz4_Frame_format.md} and {@code lz4_Block_format.md}.
 *
 * <p>PostgreSQL writes frames of linked blocks. The one decoder at hand that reads them copies 64 kB for each few bytes of
 * content, which comes to 3 MB a second.
 */
final class Lz4FrameStream extends InputStream {

    private static final int MAGIC = 0x184D2204;
    private static final int SKIPPABLE = 0x184D2A50;
    private static final int SKIPPABLE_MASK = 0xFFFFFFF0;
    private static final int UNCOMPRESSED = 1 << 31;
    private static final int HISTORY_BYTES = 1 << 16;
    private static final int MATCH_MIN = 4;

    private final InputStream in;
    private final ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final XXHash32 blockSum = new XXHash32();
    private @Nullable XXHash32 contentSum;
    private boolean blockSums;
    private boolean linked;
    private byte[] compressed = new byte[0];
    /** What a block may refer to, and behind it the block. */
    private byte[] window = new byte[0];

    private int next;
    private int filled;
    private boolean inFrame;
    private boolean ended;

    /** Assigns only. */
    private Lz4FrameStream(InputStream in) {
        this.in = in;
    }

    /** @throws IOException if it does not begin as such a frame does */
    static Lz4FrameStream open(InputStream in) throws IOException {
        Lz4FrameStream opened = new Lz4FrameStream(in);
        if (!opened.beginFrame()) {
            throw new EOFException("there is no LZ4 frame");
        }
        return opened;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (next == filled) {
            if (ended || !nextBlock()) {
                return -1;
            }
        }
        int count = Math.min(length, filled - next);
        System.arraycopy(window, next, into, offset, count);
        next += count;
        return count;
    }

    /** False at the end of the last frame. */
    private boolean nextBlock() throws IOException {
        if (!inFrame && !beginFrame()) {
            ended = true;
            return false;
        }
        int size = number();
        if (size == 0) {
            endFrame();
            return true;
        }
        int length = size & ~UNCOMPRESSED;
        if (length > compressed.length) {
            throw new IOException("an LZ4 block has " + length + " bytes: expected at most " + compressed.length);
        }
        readFully(compressed, length);
        if (blockSums) {
            blockSum.reset();
            blockSum.update(compressed, 0, length);
            expect("block", blockSum, number());
        }
        int history = linked ? Math.min(filled, HISTORY_BYTES) : 0;
        System.arraycopy(window, filled - history, window, 0, history);
        next = history;
        if ((size & UNCOMPRESSED) != 0) {
            System.arraycopy(compressed, 0, window, history, length);
            filled = history + length;
        } else {
            filled = decode(length, history);
        }
        if (contentSum != null) {
            contentSum.update(window, next, filled - next);
        }
        return true;
    }

    private int decode(int length, int begin) throws IOException {
        int from = 0;
        int to = begin;
        while (from < length) {
            int token = compressed[from++] & 0xFF;
            int literals = token >>> 4;
            if (literals == 15) {
                int more;
                do {
                    more = compressed[from++] & 0xFF;
                    literals += more;
                } while (more == 255);
            }
            if (literals > length - from || literals > window.length - to) {
                throw new IOException("an LZ4 block has " + literals + " literals, for which there is no room");
            }
            System.arraycopy(compressed, from, window, to, literals);
            from += literals;
            to += literals;
            if (from == length) {
                return to;
            }
            int distance = (compressed[from++] & 0xFF) | (compressed[from++] & 0xFF) << 8;
            int match = token & 15;
            if (match == 15) {
                int more;
                do {
                    more = compressed[from++] & 0xFF;
                    match += more;
                } while (more == 255);
            }
            match += MATCH_MIN;
            if (distance == 0 || distance > to || match > window.length - to) {
                throw new IOException("an LZ4 block refers to " + match + " bytes " + distance + " bytes before");
            }
            copy(to, distance, match);
            to += match;
        }
        throw new IOException("an LZ4 block does not end with literals");
    }

    /** The match may begin in what it makes: then it repeats. */
    private void copy(int to, int distance, int length) {
        if (distance == 1) {
            Arrays.fill(window, to, to + length, window[to - 1]);
            return;
        }
        int copied = 0;
        while (copied < length) {
            // each round doubles what can be copied at once
            int count = Math.min(length - copied, distance + copied);
            System.arraycopy(window, to - distance, window, to + copied, count);
            copied += count;
        }
    }

    /** False if nothing follows. */
    private boolean beginFrame() throws IOException {
        int first = in.read();
        if (first < 0) {
            return false;
        }
        word.clear().put((byte) first);
        readFully(word.array(), 1, Integer.BYTES - 1);
        int magic = word.getInt(0);
        if ((magic & SKIPPABLE_MASK) == SKIPPABLE) {
            in.skipNBytes(Integer.toUnsignedLong(number()));
            return beginFrame();
        }
        if (magic != MAGIC) {
            throw new IOException("found " + Integer.toHexString(magic) + " where an LZ4 frame is expected");
        }
        beginFrameOf(readByte(), readByte());
        return true;
    }

    private void beginFrameOf(int flags, int blockDescriptor) throws IOException {
        int version = flags >>> 6;
        int blockMax = blockDescriptor >>> 4 & 7;
        if (version != 1 || blockMax < 4) {
            throw new IOException("an LZ4 frame of version " + version + " with blocks of kind " + blockMax
                    + ": expected version 1 and kinds 4 to 7");
        }
        XXHash32 headerSum = new XXHash32();
        headerSum.update(new byte[] {(byte) flags, (byte) blockDescriptor}, 0, 2);
        int further = ((flags & 0x08) != 0 ? Long.BYTES : 0) + ((flags & 0x01) != 0 ? Integer.BYTES : 0);
        byte[] rest = new byte[further];
        readFully(rest, further);
        headerSum.update(rest, 0, further);
        if (readByte() != (headerSum.getValue() >>> 8 & 0xFF)) {
            throw new IOException("the header of an LZ4 frame has a wrong checksum");
        }
        linked = (flags & 0x20) == 0;
        blockSums = (flags & 0x10) != 0;
        contentSum = (flags & 0x04) != 0 ? new XXHash32() : null;
        int blockBytes = 1 << (8 + 2 * blockMax);
        if (compressed.length != blockBytes) {
            compressed = new byte[blockBytes];
            window = new byte[HISTORY_BYTES + blockBytes];
        }
        next = 0;
        filled = 0;
        inFrame = true;
    }

    private void endFrame() throws IOException {
        if (contentSum != null) {
            expect("frame", contentSum, number());
        }
        inFrame = false;
        next = 0;
        filled = 0;
    }

    private static void expect(String what, XXHash32 sum, int expected) throws IOException {
        if ((int) sum.getValue() != expected) {
            throw new IOException("an LZ4 " + what + " has a wrong checksum");
        }
    }

    private int readByte() throws IOException {
        int read = in.read();
        if (read < 0) {
            throw new EOFException("an LZ4 frame ends in the middle");
        }
        return read;
    }

    private int number() throws IOException {
        readFully(word.array(), Integer.BYTES);
        return word.getInt(0);
    }

    private void readFully(byte[] into, int length) throws IOException {
        readFully(into, 0, length);
    }

    private void readFully(byte[] into, int offset, int length) throws IOException {
        if (in.readNBytes(into, offset, length) < length) {
            throw new EOFException("an LZ4 frame ends in the middle");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
