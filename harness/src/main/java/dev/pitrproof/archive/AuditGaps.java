package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Kind;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Finds segments that should be there. What is older than the oldest segment was removed by retention and is not missed.
 */
final class AuditGaps {

    private final SortedMap<SegmentName, ArchivedFile> segments;
    private final int segmentSize;
    private final List<Finding> findings = new ArrayList<>();

    AuditGaps(SortedMap<SegmentName, ArchivedFile> segments, int segmentSize) {
        this.segments = segments;
        this.segmentSize = segmentSize;
    }

    private List<SegmentName> of(TimelineId timeline) {
        return segments.keySet().stream()
                .filter(segment -> segment.timeline().equals(timeline))
                .toList();
    }

    /** What is missing of one timeline, from where it forked on. */
    void look(TimelineHistory history) {
        List<SegmentName> own = of(history.timeline());
        if (own.isEmpty()) {
            return;
        }
        if (!history.ancestry().isEmpty()) {
            lookAtFork(history.ancestry().get(history.ancestry().size() - 1), own.get(0));
        }
        SegmentName expected = own.get(0);
        for (SegmentName segment : own) {
            missing(expected, segment.number() - 1);
            expected = segment.next();
        }
        for (SegmentName segment : own.subList(0, own.size() - 1)) {
            Optional.ofNullable(segments.get(segment))
                    .filter(ArchivedFile::partial)
                    .ifPresent(file -> add(segment, segment, "only " + file.fileName() + " is there"));
        }
    }

    private void lookAtFork(TimelineHistory.Switch fork, SegmentName first) {
        long forked = SegmentName.holding(first.timeline(), fork.switchpoint(), segmentSize)
                .number();
        List<SegmentName> before = of(fork.parent()).stream()
                .filter(segment -> segment.number() <= forked)
                .toList();
        if (before.isEmpty()) {
            return;
        }
        missing(before.get(before.size() - 1).next(), forked - 1);
        if (first.number() > forked) {
            missing(new SegmentName(first.timeline(), forked, segmentSize), first.number() - 1);
        }
    }

    private void missing(SegmentName first, long lastNumber) {
        if (lastNumber >= first.number()) {
            add(
                    first,
                    new SegmentName(first.timeline(), lastNumber, segmentSize),
                    "no such file, though later ones are there");
        }
    }

    private void add(SegmentName first, SegmentName last, String found) {
        long files = last.number() - first.number() + 1;
        Finding finding = new Finding(
                Kind.MISSING,
                first.fileName(),
                last.fileName(),
                files,
                files == 1
                        ? "a segment of the WAL from " + first.start()
                        : files + " segments of the WAL from " + first.start(),
                found,
                "",
                "look in other copies of the archive and in the source's pg_wal",
                false);
        if (!findings.contains(finding)) {
            findings.add(finding);
        }
    }

    List<Finding> findings() {
        return findings;
    }
}
