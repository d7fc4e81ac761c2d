package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** As pg_receivewal leaves it when it is stopped, compressing or not; and a partial beside a whole segment counts for nothing. */
class PartialArchiveTest extends ArchiveContract {

    private static final String PADDED = "000000010000000000000011";
    private static final String BEHIND_SUFFIX = "000000010000000000000012";
    private static final String BEFORE_SUFFIX = "000000010000000000000013";
    private static final String WHOLE_TOO = "000000010000000000000014";

    @Override
    void store(String name, byte[] content) throws IOException {
        switch (name) {
            case PADDED -> Files.write(directory.resolve(name + ".partial"), content);
            case BEHIND_SUFFIX ->
                Files.write(directory.resolve(name + ".lz4.partial"), Compressed.bytes(content, ".lz4"));
            case BEFORE_SUFFIX ->
                Files.write(directory.resolve(name + ".partial.gz"), Compressed.bytes(content, ".gz"));
            default -> Files.write(directory.resolve(name), content);
        }
        if (name.equals(WHOLE_TOO)) {
            Files.write(directory.resolve(name + ".partial"), Arrays.copyOf(content, 100_000));
        }
    }

    @Override
    boolean isPlain() {
        return false;
    }

    /** A compressed one ends in the middle of a block. */
    @Test
    void zerosFollowWhatWasReceived() throws Exception {
        byte[] content = written(WHOLE_TOO);
        byte[] cut = Compressed.bytes(content, ".gz");
        Files.write(elsewhere.resolve(WHOLE_TOO + ".gz.partial"), Arrays.copyOf(cut, cut.length / 2));
        Files.write(elsewhere.resolve(PADDED), written(PADDED));

        try (WalArchive archive = open(elsewhere)) {
            byte[] read = content(archive, SegmentName.parse(WHOLE_TOO, SEGMENT_SIZE));
            int received = Arrays.mismatch(read, content);
            assertThat(read).hasSize(SEGMENT_SIZE);
            assertThat(received).isGreaterThan(1000);
            assertThat(Arrays.copyOfRange(read, received, SEGMENT_SIZE)).containsOnly(0);
        }
    }
}
