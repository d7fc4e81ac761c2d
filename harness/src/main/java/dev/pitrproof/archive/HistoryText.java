package dev.pitrproof.archive;

import dev.pitrproof.compression.DecodingStream;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.util.Arrays;

/** Reads a history file of an archive. */
final class HistoryText {

    /** A line for each of ten thousand timelines. */
    private static final int BYTES_MAX = 1 << 20;

    private HistoryText() {}

    /**
     * @throws IllegalArgumentException if it cannot be understood; the message is fit for a user
     * @throws IOException if the file cannot be read
     */
    static TimelineHistory read(ArchivedFile file, TimelineId timeline) throws IOException {
        byte[] bytes = new byte[BYTES_MAX];
        try (DecodingStream content = file.content()) {
            int length = content.readFully(bytes);
            content.failure().ifPresent(failure -> {
                throw new IllegalArgumentException(failure.message());
            });
            if (length == 0) {
                throw new IllegalArgumentException("it is empty: expected where timeline " + timeline + " came from");
            }
            return TimelineHistory.parse(timeline, Arrays.copyOf(bytes, length));
        }
    }
}
