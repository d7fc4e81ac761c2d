package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes a tar stream apart as it comes, cut anywhere. Contents are handed on in place, without a copy.
 *
 * <p>The two zero blocks at the end may be missing: servers before PostgreSQL 15 leave them to the client.
 */
final class TarStream {

    /** Is told the members, in their order. */
    interface Members {

        /** Wants to know nothing of them. */
        Members NOBODY = new Members() {
            @Override
            public void begin(TarHeader header) {}

            @Override
            public void content(ByteBuffer bytes) {
                bytes.position(bytes.limit());
            }

            @Override
            public void end() {}
        };

        void begin(TarHeader header) throws IOException;

        /** Some of the member's bytes, which must be consumed. */
        void content(ByteBuffer bytes) throws IOException;

        void end() throws IOException;
    }

    private final Members members;
    private final byte[] block = new byte[TarHeader.BLOCK_BYTES];
    private int blockFilled;
    private long contentLeft;
    private int paddingLeft;
    private boolean ended;

    TarStream(Members members) {
        this.members = members;
    }

    /** Takes in all that remains in {@code data}. */
    void accept(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            if (contentLeft > 0) {
                content(data);
            } else if (paddingLeft > 0) {
                int skipped = Math.min(paddingLeft, data.remaining());
                data.position(data.position() + skipped);
                paddingLeft -= skipped;
            } else {
                header(data);
            }
        }
    }

    private void content(ByteBuffer data) throws IOException {
        int count = (int) Math.min(contentLeft, data.remaining());
        int end = data.limit();
        data.limit(data.position() + count);
        members.content(data);
        data.limit(end);
        contentLeft -= count;
        if (contentLeft == 0) {
            members.end();
        }
    }

    private void header(ByteBuffer data) throws IOException {
        int count = Math.min(block.length - blockFilled, data.remaining());
        data.get(block, blockFilled, count);
        blockFilled += count;
        if (blockFilled < block.length) {
            return;
        }
        blockFilled = 0;
        if (TarHeader.isZero(block)) {
            ended = true;
            return;
        }
        if (ended) {
            throw new TarFormatException("tar stream goes on behind its end");
        }
        TarHeader header = TarHeader.parse(block);
        contentLeft = header.size();
        paddingLeft = (int) (-header.size() & (TarHeader.BLOCK_BYTES - 1));
        members.begin(header);
        if (contentLeft == 0) {
            members.end();
        }
    }

    /** Says that nothing more comes. */
    void end() throws TarFormatException {
        if (ended && blockFilled > 0) {
            throw new TarFormatException("tar stream goes on behind its end");
        }
        if (contentLeft > 0 || paddingLeft > 0 || blockFilled > 0) {
            throw new TarFormatException("tar stream ends in the middle of a member");
        }
    }

    /** Whether a block of zeros has come, with which tar files end. */
    boolean hasEnded() {
        return ended;
    }
}
