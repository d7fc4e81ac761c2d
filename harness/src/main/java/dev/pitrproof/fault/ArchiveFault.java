package dev.pitrproof.fault;

import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** One thing that goes wrong with an archive of plain segments, and the findings by which a proof must notice. */
public enum ArchiveFault {
    LOST_SEGMENT(
            "a segment is lost", FindingCode.WAL_GAP, FindingCode.TARGET_NOT_REACHED, FindingCode.AFTER_LAST_COMMIT) {
        @Override
        void strike(Scene scene) throws IOException {
            Files.delete(scene.victim());
        }
    },
    TRUNCATED_SEGMENT("a segment is cut short", FindingCode.WAL_CORRUPT) {
        @Override
        void strike(Scene scene) throws IOException {
            scene.write(Arrays.copyOf(scene.content(), (scene.offset() / PAGE_BYTES) * PAGE_BYTES));
        }
    },
    EMPTIED_SEGMENT("a segment is empty", FindingCode.WAL_CORRUPT) {
        @Override
        void strike(Scene scene) throws IOException {
            scene.write(new byte[0]);
        }
    },
    FLIPPED_BYTE("a byte of a segment is another", FindingCode.WAL_CORRUPT) {
        @Override
        void strike(Scene scene) throws IOException {
            byte[] content = scene.content();
            content[scene.offset()] ^= 0x10;
            scene.write(content);
        }
    },
    STALE_SEGMENT("a segment has the content of the one before it", FindingCode.WAL_CORRUPT) {
        @Override
        void strike(Scene scene) throws IOException {
            byte[] content = scene.content();
            // as a segment that was recycled and not yet written again
            ByteBuffer.wrap(content)
                    .order(ByteOrder.nativeOrder())
                    .putLong(PAGE_ADDRESS_AT, scene.segment().start().value() - content.length);
            scene.write(content);
        }
    },
    FOREIGN_SEGMENT("a segment is another cluster's", FindingCode.FOREIGN_WAL) {
        @Override
        void strike(Scene scene) throws IOException {
            byte[] content = scene.content();
            content[SYSTEM_IDENTIFIER_AT] ^= 0x10;
            scene.write(content);
        }
    };

    // XLogPageHeaderData and XLogLongPageHeaderData of xlog_internal.h
    private static final int PAGE_ADDRESS_AT = 8;
    private static final int SYSTEM_IDENTIFIER_AT = 24;
    private static final int PAGE_BYTES = 8192;

    private final String words;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody can change
    private final Set<FindingCode> findings;

    ArchiveFault(String words, FindingCode... findings) {
        this.words = words;
        this.findings = Set.copyOf(List.of(findings));
    }

    /** A segment to strike, and a place in it. */
    record Scene(Path archive, SegmentName segment, int offset) {

        Path victim() {
            return archive.resolve(segment.fileName());
        }

        byte[] content() throws IOException {
            return Files.readAllBytes(victim());
        }

        /** Into a new file: the old one may have other names. */
        void write(byte[] content) throws IOException {
            Files.delete(victim());
            Files.write(victim(), content);
        }
    }

    abstract void strike(Scene scene) throws IOException;

    /**
     * Strikes an archive.
     *
     * @param archive a directory of plain segments; files are replaced, never written to
     * @param record where a record begins that recovery needs
     */
    public void strike(Path archive, SegmentName segment, Lsn record) throws IOException {
        strike(new Scene(
                archive, segment, (int) (record.value() - segment.start().value())));
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** Any of these is the right reason. */
    public Set<FindingCode> findings() {
        return findings;
    }
}
