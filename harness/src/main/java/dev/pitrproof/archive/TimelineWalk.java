package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Kind;
import dev.pitrproof.archive.ArchiveAudit.Window;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads all records of one timeline, from gap to gap, and says what stops it where. */
final class TimelineWalk {

    private final AuditInventory inventory;
    private final AuditSource source;
    private final TimelineHistory history;
    private final SortedSet<SegmentName> own;
    private final SortedSet<SegmentName> ownGood;
    private final ParallelReader reader;
    private final Map<Long, Lsn> openEnds = new HashMap<>();
    private final List<Window> windows = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    /** @param history of the timeline, as far as it is known */
    TimelineWalk(AuditInventory inventory, AuditSource source, TimelineHistory history, Parallelism parallelism) {
        this.inventory = inventory;
        this.source = source;
        this.history = history;
        this.own = of(inventory.segments().keySet(), history.timeline());
        this.ownGood = of(inventory.good().keySet(), history.timeline());
        this.reader = new ParallelReader(
                source, inventory.header().segmentSize(), inventory.header().systemIdentifier(), history, parallelism);
    }

    private static SortedSet<SegmentName> of(Iterable<SegmentName> all, TimelineId timeline) {
        TreeSet<SegmentName> own = new TreeSet<>();
        all.forEach(segment -> {
            if (segment.timeline().equals(timeline)) {
                own.add(segment);
            }
        });
        return own;
    }

    /** @param parent of the timeline it forked from, walked before */
    void walk(Optional<TimelineWalk> parent) throws IOException {
        SegmentName segment = ownGood.isEmpty() ? null : ownGood.first();
        while (segment != null) {
            SegmentName next = segment;
            Optional<Lsn> parentThrough = segment.equals(ownGood.first())
                    ? parent.flatMap(walked -> walked.throughInto(next))
                    : Optional.empty();
            // a record of the parent may go on in this segment: begin with that one
            Lsn from = parentThrough.filter(segment.start()::isAfter).orElse(segment.start());
            segment = readFrom(from, segment, parentThrough.orElse(null));
        }
    }

    /** Where this timeline's WAL ends inside the stretch that a child's first segment holds, or just for want of it. */
    private Optional<Lsn> throughInto(SegmentName first) {
        return Optional.ofNullable(openEnds.get(first.number())).or(() -> windows.stream()
                .filter(window -> !window.from().isAfter(first.start()))
                .map(Window::through)
                .filter(through -> through.isAfter(first.start()))
                .findFirst());
    }

    /** Reads one window; the segment to go on with, null at the end. */
    private @Nullable SegmentName readFrom(Lsn from, SegmentName segment, @Nullable Lsn parentThrough)
            throws IOException {
        WindowMeasure measure = new WindowMeasure();
        WalEnd end = reader.read(from, lastBeforeGap(segment).end(), measure::pass);
        measure.window(end.validThrough(), parentThrough).ifPresent(windows::add);
        if (end instanceof WalEnd.Invalid invalid) {
            long damaged = Math.min(
                    SegmentName.holding(history.timeline(), invalid.at(), segment.segmentSize())
                            .number(),
                    invalid.segment().number());
            judge(invalid);
            return goodFrom(Math.max(damaged, segment.number()) + 1);
        } else if (end instanceof WalEnd.ForeignSystem foreign) {
            add(Kind.FOREIGN, foreign.segment(), "WAL of one system", foreign.message());
            return goodFrom(foreign.segment().number() + 1);
        } else if (end instanceof WalEnd.SegmentMissing missing) {
            openEnds.put(missing.segment().number(), missing.validThrough());
            return goodFrom(Math.max(missing.segment().number(), segment.number() + 1));
        }
        return null;
    }

    private SegmentName lastBeforeGap(SegmentName segment) {
        SegmentName last = segment;
        while (ownGood.contains(last.next())) {
            last = last.next();
        }
        return last;
    }

    private @Nullable SegmentName goodFrom(long number) {
        return ownGood.stream()
                .filter(segment -> segment.number() >= number)
                .findFirst()
                .orElse(null);
    }

    private void judge(WalEnd.Invalid invalid) {
        SegmentName segment = invalid.segment();
        if (source.unreadable().contains(segment)) {
            IOException why = source.whyUnreadable(segment);
            String name = segment.fileName();
            String hint = why instanceof ArchiveException said ? said.hint() : AuditInventory.READABLE;
            findings.add(new Finding(
                    Kind.UNREADABLE,
                    name,
                    name,
                    1,
                    "a file that can be read",
                    AuditInventory.why(why),
                    "",
                    hint,
                    false));
        } else if (source.isBad(segment)) {
            add(
                    source.isTruncated(segment) ? Kind.TRUNCATED : Kind.DAMAGED,
                    segment,
                    "a file of " + segment.segmentSize() + " bytes",
                    fileName(segment) + ": " + source.whyBad(segment));
        } else if (!isEnd(invalid)) {
            SegmentName holding = SegmentName.holding(segment.timeline(), invalid.at(), segment.segmentSize());
            add(
                    Kind.DAMAGED,
                    segment,
                    invalid.expected() + " at " + invalid.at(),
                    invalid.found() + (holding.number() < segment.number() ? "; the record begins in " + holding : ""));
        }
    }

    /** Whether this is where the timeline's WAL ends for now, as far as anybody can tell. */
    private boolean isEnd(WalEnd.Invalid invalid) {
        return invalid.segment().equals(own.last()) && (invalid.plausibleEnd() || source.isPartial(invalid.segment()));
    }

    private String fileName(SegmentName segment) {
        ArchivedFile file = inventory.segments().get(segment);
        return file == null ? segment.fileName() : file.fileName();
    }

    private void add(Kind kind, SegmentName segment, String expected, String found) {
        String name = segment.fileName();
        findings.add(new Finding(kind, name, name, 1, expected, found, "", AuditInventory.OTHER_COPY, false));
    }

    List<Window> windows() {
        return windows;
    }

    List<Finding> findings() {
        return findings.stream().distinct().toList();
    }
}
