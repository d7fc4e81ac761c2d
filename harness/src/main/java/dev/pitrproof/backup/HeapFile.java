package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * Reads every row version of a table's file as it lies there: {@code PageHeaderData} of bufpage.h and
 * {@code HeapTupleHeaderData} of htup_details.h, the same from 14 to 18.
 *
 * <p>In a base backup a page may be torn, for recovery will replace it. So nothing here is an error: a page that makes no
 * sense is counted and passed over.
 */
final class HeapFile {

    private static final int PAGE_BYTES = 8192;
    private static final int PAGE_HEADER_BYTES = 24;
    private static final int LINE_POINTER_NORMAL = 1;
    private static final int TUPLE_HEADER_BYTES = 23;

    private static final int XMIN_COMMITTED = 0x0100;
    private static final int XMIN_INVALID = 0x0200;
    private static final int XMAX_INVALID = 0x0800;

    /**
     * A version of a row.
     *
     * @param xmin the transaction that wrote it, unsigned
     * @param superseded whether a transaction has deleted or replaced it, or tried to
     * @param data the columns, from 0 on; those before the first variable or null one are where C puts them
     */
    record Tuple(int xmin, boolean superseded, ByteBuffer data) {}

    private final Path file;
    private int damagedPages;

    HeapFile(Path file) {
        this.file = file;
    }

    /** How many pages made no sense. */
    int damagedPages() {
        return damagedPages;
    }

    /** Passes on every row version, in the order of the pages, but for those of transactions known to be aborted. */
    void forEach(Consumer<Tuple> visitor) throws IOException {
        read(file, visitor);
        for (int number = 1; ; number++) { // one file a gigabyte
            Path next = file.resolveSibling(file.getFileName() + "." + number);
            if (!Files.isRegularFile(next)) {
                return;
            }
            read(next, visitor);
        }
    }

    private void read(Path segment, Consumer<Tuple> visitor) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
            ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (channel.read(page) >= 0) {
                if (!page.hasRemaining()) {
                    visit(page, visitor);
                    page.clear();
                }
            }
        }
    }

    private void visit(ByteBuffer page, Consumer<Tuple> visitor) {
        int lower = page.getShort(12) & 0xFFFF;
        int upper = page.getShort(14) & 0xFFFF;
        if (upper == 0) {
            return; // a new page, all zeros
        }
        boolean sound = (page.getShort(18) & 0xFF00) == PAGE_BYTES
                && lower >= PAGE_HEADER_BYTES
                && lower <= upper
                && upper <= PAGE_BYTES;
        if (!sound) {
            damagedPages++;
            return;
        }
        for (int at = PAGE_HEADER_BYTES; at + Integer.BYTES <= lower; at += Integer.BYTES) {
            int pointer = page.getInt(at);
            int offset = pointer & 0x7FFF;
            int length = pointer >>> 17;
            if ((pointer >>> 15 & 3) == LINE_POINTER_NORMAL
                    && length > TUPLE_HEADER_BYTES
                    && offset >= lower
                    && offset + length <= PAGE_BYTES) {
                visit(page, offset, length, visitor);
            }
        }
    }

    private static void visit(ByteBuffer page, int offset, int length, Consumer<Tuple> visitor) {
        int flags = page.getShort(offset + 20) & 0xFFFF;
        int dataAt = page.get(offset + 22) & 0xFF;
        boolean aborted = (flags & (XMIN_COMMITTED | XMIN_INVALID)) == XMIN_INVALID;
        if (aborted || dataAt < TUPLE_HEADER_BYTES || dataAt >= length) {
            return;
        }
        boolean superseded = (flags & XMAX_INVALID) == 0 && page.getInt(offset + 4) != 0;
        byte[] data = new byte[length - dataAt];
        page.get(offset + dataAt, data);
        visitor.accept(
                new Tuple(page.getInt(offset), superseded, ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
    }
}
