package dev.pitrproof.archive;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an archive holds, found out by reading every record in it: a right name and a right size prove nothing.
 *
 * <p>The archive is only read. Segments are read one after the other and only names are kept, so that memory does not
 * grow with the contents of the archive.
 *
 * @param systemIdentifier of the cluster that most segments are of, unsigned
 * @param walMajor the version that wrote them
 * @param segmentSize in bytes
 * @param segments how many segments there are, in whichever form, good or bad
 * @param findings what is wrong, history files first, then by position
 * @param timelines in ascending order
 */
public record ArchiveAudit(
        long systemIdentifier,
        int walMajor,
        int segmentSize,
        int segments,
        List<Finding> findings,
        List<Timeline> timelines) {

    /** What can be wrong with a file of an archive. */
    public enum Kind {
        /** It should be there, for later ones are. */
        MISSING,
        /** It has some content, but too little. */
        TRUNCATED,
        /** It has no content, or zeros only. */
        EMPTY,
        /** It holds another stretch of the log than its name says, as a recycled file of pg_wal does. */
        RECYCLED,
        /** It is of another cluster. */
        FOREIGN,
        /** It is there twice. */
        DUPLICATE,
        /** Its content is not as a server wrote it. */
        DAMAGED,
        /** It could not be read, which says nothing about its content. */
        UNREADABLE;

        /** As it stands in output and in acknowledgements. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Something that is wrong.
     *
     * @param first the file's name without suffix, or the first one's of several in a row
     * @param last the last one's; the same as {@code first} if it is one
     * @param files how many
     * @param costs what cannot be restored because of it
     * @param harmless nothing is lost by it
     */
    public record Finding(
            Kind kind,
            String first,
            String last,
            long files,
            String expected,
            String found,
            String costs,
            String hint,
            boolean harmless) {

        /** As an acknowledgement names it. */
        public String names() {
            return first.equals(last) ? first : first + ".." + last;
        }

        Finding costing(String words) {
            return new Finding(kind, first, last, files, expected, found, words, hint, harmless);
        }
    }

    /**
     * A commit that can be restored.
     *
     * @param xid unsigned 32 bits
     * @param lsn where its record starts
     */
    public record Commit(long xid, Instant time, Lsn lsn) {}

    /**
     * A stretch of valid WAL without a gap. It is of use only with a base backup that ends inside it. What lies behind
     * damage in the same segment is not counted: the next window begins with the next segment.
     *
     * @param from the first record's start
     * @param through the last record's end
     * @param firstTime of the first transaction that ends in it
     * @param lastTime of the last one
     * @param continuesParent whether it goes on without a gap from a window of the timeline's parent
     */
    public record Window(
            Lsn from,
            Lsn through,
            Optional<Instant> firstTime,
            Optional<Instant> lastTime,
            Optional<Commit> lastCommit,
            boolean continuesParent) {}

    /**
     * A timeline.
     *
     * @param parent the one it forked from; empty for the oldest, and where that is not known
     * @param forkedAt where
     * @param segments how many of its own are there
     * @param partial whether the last of them is a {@code .partial} file
     * @param windows in order
     */
    public record Timeline(
            TimelineId timeline,
            Optional<TimelineId> parent,
            Optional<Lsn> forkedAt,
            int segments,
            boolean partial,
            List<Window> windows) {

        /** The last commit that can be proved on it, given a base backup in the last window that has one. */
        public Optional<Commit> lastProvableCommit() {
            return windows.stream()
                    .flatMap(window -> window.lastCommit().stream())
                    .reduce((older, newer) -> newer);
        }
    }

    public ArchiveAudit {
        findings = List.copyOf(findings);
        timelines = List.copyOf(timelines);
    }

    /**
     * Reads all of an archive.
     *
     * @throws ArchiveException if it is not there, or holds no segments, or none with a readable header
     * @throws IOException if its names cannot be listed; a file that cannot be read is a finding
     */
    public static ArchiveAudit of(ArchiveStore store) throws IOException {
        return of(store, ReadProgress.SILENT);
    }

    /** The same, for somebody who waits. */
    public static ArchiveAudit of(ArchiveStore store, ReadProgress progress) throws IOException {
        return AuditRun.run(store, Parallelism::ofThisMachine, progress);
    }
}
