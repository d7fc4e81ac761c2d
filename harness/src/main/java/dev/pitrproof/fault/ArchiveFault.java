package dev.pitrproof.fault;

import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One thing that goes wrong with an archive, and the findings by which a proof must notice.
 *
 * <p>What ends an archive cannot be told from what was never written: a lost or stale segment behind which there is
 * nothing may also be the end.
 */
public enum ArchiveFault {
    LOST_SEGMENT("a segment is lost", FindingCode.WAL_GAP) {
        @Override
        public void strike(ArchiveScene scene) throws IOException {
            for (SegmentName copy : scene.copiesOfVictim()) {
                Files.delete(scene.file(copy));
            }
        }

        @Override
        boolean mayBeTheEnd() {
            return true;
        }
    },
    TRUNCATED_SEGMENT("a segment is cut short", FindingCode.WAL_CORRUPT) {
        @Override
        public void strike(ArchiveScene scene) throws IOException {
            scene.replace(Arrays.copyOf(scene.content(), scene.offset()));
        }
    },
    EMPTIED_SEGMENT("a segment is empty", FindingCode.WAL_CORRUPT) {
        @Override
        public void strike(ArchiveScene scene) throws IOException {
            scene.replace(new byte[0]);
        }
    },
    FLIPPED_BYTE("a byte of a segment is another", FindingCode.WAL_CORRUPT) {
        @Override
        public void strike(ArchiveScene scene) throws IOException {
            byte[] content = scene.content();
            // the record goes on to look like one: only its checksum tells
            content[scene.offset() + XID_AT] ^= 0x10;
            scene.replace(content);
        }
    },
    SWAPPED_SEGMENTS("two segments have each other's name", FindingCode.WAL_CORRUPT) {
        @Override
        public Optional<String> hindrance(ArchiveScene scene) {
            return scene.neighbour().isPresent()
                    ? Optional.empty()
                    : Optional.of("the archive has no other segment on the way to exchange it with");
        }

        @Override
        public void strike(ArchiveScene scene) throws IOException {
            Path one = scene.file(scene.victim());
            Path other = scene.file(scene.neighbour().orElseThrow());
            Path aside = one.resolveSibling("aside");
            Files.move(one, aside);
            Files.move(other, one);
            Files.move(aside, other);
        }
    },
    STALE_SEGMENT("a segment ends in what its file held before it was recycled", FindingCode.WAL_CORRUPT) {
        @Override
        public void strike(ArchiveScene scene) throws IOException {
            byte[] content = scene.content();
            WalPageBytes pages = new WalPageBytes(content);
            pages.from(scene.offset(), page -> pages.moveAddress(page, -content.length));
            scene.replace(content);
        }

        @Override
        boolean mayBeTheEnd() {
            return true;
        }
    },
    FOREIGN_SEGMENT("a segment is another cluster's", FindingCode.FOREIGN_WAL) {
        @Override
        public void strike(ArchiveScene scene) throws IOException {
            byte[] content = scene.content();
            content[WalPageBytes.SYSTEM_IDENTIFIER_AT] ^= 0x10;
            scene.replace(content);
        }
    },
    MISSING_HISTORY("the history file of the target's timeline is missing", FindingCode.WRONG_BRANCH) {
        @Override
        public Optional<String> hindrance(ArchiveScene scene) {
            return scene.backupTimeline().equals(scene.path().timeline())
                    ? Optional.of("the backup begins on the target's timeline, and no history file is needed")
                    : Optional.empty();
        }

        @Override
        public void strike(ArchiveScene scene) throws IOException {
            Files.delete(scene.archive().resolve(scene.path().timeline().historyFileName()));
        }
    },
    /**
     * Whoever names a timeline must get it, whatever others there are: this is no damage, and the proof must hold as
     * before. A server that takes the other way all the same is {@link RestoreFault#NEWEST_TIMELINE}.
     */
    SECOND_TIMELINE("a second timeline is in the archive", FindingCode.TARGET_EXACT) {
        @Override
        public void strike(ArchiveScene scene) throws IOException {
            SecondTimeline.grow(scene);
        }
    };

    private static final int XID_AT = 4;

    private static final Set<FindingCode> ENDS = Set.of(
            FindingCode.WAL_GAP,
            FindingCode.WAL_CORRUPT,
            FindingCode.TARGET_NOT_REACHED,
            FindingCode.AFTER_LAST_COMMIT);

    private final String words;
    private final FindingCode finding;

    ArchiveFault(String words, FindingCode finding) {
        this.words = words;
        this.finding = finding;
    }

    /** Whether the archive may also end there. */
    boolean mayBeTheEnd() {
        return false;
    }

    /** Why it cannot happen there, or is no fault; empty if it can. */
    public Optional<String> hindrance(ArchiveScene scene) {
        if (mayBeTheEnd() && scene.isAtTheEnd() && scene.targetIsTheEnd()) {
            return Optional.of("what is asked is the end of the WAL, which would be sooner then");
        }
        boolean takesTheOnlyOne = this == LOST_SEGMENT || this == EMPTIED_SEGMENT;
        return takesTheOnlyOne && scene.neighbour().isEmpty()
                ? Optional.of("the way needs one segment, and without it there is no archive")
                : Optional.empty();
    }

    /** Strikes. */
    public abstract void strike(ArchiveScene scene) throws IOException;

    /** For people. */
    public String words() {
        return words;
    }

    /** Any of these is the right reason. */
    public Set<FindingCode> findings(ArchiveScene scene) {
        return mayBeTheEnd() && scene.isAtTheEnd() ? ENDS : Set.copyOf(List.of(finding));
    }
}
