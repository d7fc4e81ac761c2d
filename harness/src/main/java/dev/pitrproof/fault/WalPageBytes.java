package dev.pitrproof.fault;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

/** The page headers in a segment's content, to be changed: {@code XLogPageHeaderData} of xlog_internal.h. */
final class WalPageBytes {

    /** Of {@code XLogLongPageHeaderData}, on the first page. */
    static final int SYSTEM_IDENTIFIER_AT = 24;

    private static final int TIMELINE_AT = 4;
    private static final int ADDRESS_AT = 8;
    private static final int PAGE_BYTES = 8192;

    private final ByteBuffer content;

    WalPageBytes(byte[] content) {
        this.content = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
    }

    /** Hands over where each page begins, from the one that holds the byte at {@code offset}. */
    void from(int offset, IntConsumer page) {
        for (int at = offset / PAGE_BYTES * PAGE_BYTES; at < content.capacity(); at += PAGE_BYTES) {
            page.accept(at);
        }
    }

    void moveAddress(int page, long by) {
        content.putLong(page + ADDRESS_AT, content.getLong(page + ADDRESS_AT) + by);
    }

    /** Where the page lies in the log; 0 if it was never written. */
    long address(int page) {
        return content.getLong(page + ADDRESS_AT);
    }

    void setTimeline(int page, int timeline) {
        content.putInt(page + TIMELINE_AT, timeline);
    }
}
