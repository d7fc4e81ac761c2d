package dev.pitrproof.impact;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The highest of many looks at a source, and in words why some of it was never seen. */
final class Highest {

    private static final int SEGMENT_NAME_LENGTH = 24;

    private static final String NO_RIGHT = " may be seen by members of pg_monitor alone";

    private final SourceRights rights;
    private int samples;
    private @Nullable Integer backlog;
    private @Nullable Double oldest;
    private @Nullable Boolean failing;
    private @Nullable Long lag;
    private int walSenders;

    Highest(SourceRights rights) {
        this.rights = rights;
    }

    void add(SourceSample sample) {
        samples++;
        if (rights.archives()) {
            backlog = higher(backlog, backlog(sample));
            oldest = higher(oldest, sample.oldestSeconds());
            failing = sample.failing();
        }
        if (rights.maySeeStandbys()) {
            lag = higher(lag, sample.lagBytes());
        }
        walSenders = Math.max(walSenders, sample.walSenders());
    }

    private static <T extends Comparable<T>> @Nullable T higher(@Nullable T one, @Nullable T other) {
        return one == null || (other != null && other.compareTo(one) > 0) ? other : one;
    }

    /** The files that wait, or else the whole segments between the one archived last and the one being written. */
    private @Nullable Integer backlog(SourceSample sample) {
        if (sample.waitingFiles() != null) {
            return sample.waitingFiles();
        }
        Lsn position = sample.position();
        String archived = sample.lastArchived();
        if (position == null || archived == null || archived.length() < SEGMENT_NAME_LENGTH) {
            return null;
        }
        String segment = archived.substring(0, SEGMENT_NAME_LENGTH);
        if (!SegmentName.isSegment(segment)) {
            return null;
        }
        long behind = Long.divideUnsigned(position.value(), rights.segmentSize())
                - SegmentName.parse(segment, rights.segmentSize()).number()
                - 1;
        return Math.toIntExact(Math.max(0, behind));
    }

    SourceWatch.Peaks peaks() {
        Map<String, String> reasons = new LinkedHashMap<>();
        String archiving = !rights.archives()
                ? "archive_mode is " + rights.archiveMode() + (rights.isStandby() ? ", and this is a standby" : "")
                : null;
        if (backlog == null) {
            reasons.put(
                    "archiverBacklogSegments",
                    archiving != null ? archiving : "nothing has been archived yet, and what waits" + NO_RIGHT);
        }
        if (oldest == null) {
            reasons.put(
                    "archiverOldestSeconds", archiving != null ? archiving : "what waits to be archived" + NO_RIGHT);
        }
        if (failing == null && archiving != null) {
            reasons.put("archiverFailing", archiving);
        }
        if (lag == null) {
            reasons.put(
                    "replicationLagBytes",
                    walSenders == 0
                            ? "no other standby was connected"
                            : rights.maySeeStandbys()
                                    ? "no other standby received WAL"
                                    : "how far standbys are" + NO_RIGHT);
        }
        return new SourceWatch.Peaks(samples, backlog, oldest, failing, lag, walSenders, reasons);
    }
}
