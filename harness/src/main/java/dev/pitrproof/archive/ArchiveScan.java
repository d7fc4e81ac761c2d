package dev.pitrproof.archive;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads every record that an archive holds, once: timeline by timeline, and on each from its first segment to its last,
 * across gaps. Every one is checked; those that say something are passed on.
 *
 * <p>A timeline's first segment begins with a copy of its parent's WAL. Those records are passed on only if the parent's
 * own segment is not in the archive, which is the rule: of the segment a timeline was left in, the server archives only a
 * {@code .partial} file.
 */
public final class ArchiveScan {

    /** Who wants to know. */
    public interface Observer {
        /** What follows begins here, and is not linked to what was passed on before. */
        default void begins(Lsn position) {}

        /** A record that is not {@code Other}, in WAL order within its timeline; false ends the scan. */
        boolean record(WalRecord record);

        /** Something is missing or damaged; one line, without a full stop. The scan goes on where it can. */
        void problem(String message);
    }

    private final WalArchive archive;
    private final Parallelism parallelism;
    private final Observer observer;
    private final Map<TimelineId, Lsn> passedOn = new HashMap<>();
    private final Map<TimelineId, WalEnd.SegmentMissing> lastEnds = new HashMap<>();
    /** The timeline of the record passed on last, and how far it was passed on; that is put into the map when it changes. */
    private @Nullable TimelineId current;

    private Lsn through = Lsn.INVALID;
    private long recordsRead;
    private boolean begins;

    private ArchiveScan(WalArchive archive, Parallelism parallelism, Observer observer) {
        this.archive = archive;
        this.parallelism = parallelism;
        this.observer = observer;
    }

    /**
     * Reads the archive.
     *
     * @return how many records were read and checked; those of which a younger timeline holds a copy, once more for it
     */
    public static long scan(WalArchive archive, Observer observer) throws IOException {
        return scan(archive, Parallelism.ofThisMachine(archive.segmentSize()), observer);
    }

    static long scan(WalArchive archive, Parallelism parallelism, Observer observer) throws IOException {
        ArchiveScan scan = new ArchiveScan(archive, parallelism, observer);
        scan.scan();
        return scan.recordsRead;
    }

    private void scan() throws IOException {
        List<SegmentName> segments = archive.segments();
        SortedSet<TimelineId> timelines = new TreeSet<>();
        for (SegmentName segment : segments) {
            timelines.add(segment.timeline());
        }
        for (TimelineId timeline : timelines) {
            List<SegmentName> own = new ArrayList<>();
            for (SegmentName segment : segments) {
                if (segment.timeline().equals(timeline)) {
                    own.add(segment);
                }
            }
            if (!scanTimeline(history(timeline), runs(own))) {
                return;
            }
        }
    }

    private TimelineHistory history(TimelineId timeline) throws IOException {
        try {
            Optional<TimelineHistory> history = archive.history(timeline);
            if (history.isPresent()) {
                return history.get();
            }
            observer.problem("history file " + timeline.historyFileName() + " is missing: where timeline " + timeline
                    + " came from is not known");
        } catch (ArchiveException e) {
            observer.problem(String.valueOf(e.getMessage()));
        }
        return TimelineHistory.of(timeline);
    }

    /** Stretches of segments without a gap. */
    private static List<List<SegmentName>> runs(List<SegmentName> segments) {
        List<List<SegmentName>> runs = new ArrayList<>();
        SegmentName expected = null;
        for (SegmentName segment : segments) {
            if (!segment.equals(expected)) {
                runs.add(new ArrayList<>());
            }
            runs.get(runs.size() - 1).add(segment);
            expected = segment.next();
        }
        return runs;
    }

    private boolean scanTimeline(TimelineHistory history, List<List<SegmentName>> runs) throws IOException {
        ParallelReader reader = new ParallelReader(archive, history, parallelism);
        try {
            return scanTimeline(reader, history, runs);
        } finally {
            recordsRead += reader.recordsRead();
        }
    }

    private boolean scanTimeline(ParallelReader reader, TimelineHistory history, List<List<SegmentName>> runs)
            throws IOException {
        SegmentName expected = null;
        for (List<SegmentName> run : runs) {
            SegmentName first = run.get(0);
            if (expected != null) {
                reportGap(expected, first);
            }
            begins = true;
            WalEnd end =
                    reader.read(begin(history, first), run.get(run.size() - 1).end(), new PassingOn());
            if (end instanceof WalEnd.Stopped) {
                return false;
            } else if (end instanceof WalEnd.SegmentMissing missing) {
                lastEnds.put(history.timeline(), missing);
            } else if (!(end instanceof WalEnd.Invalid invalid && invalid.plausibleEnd())) {
                observer.problem(end.message());
            }
            expected = run.get(run.size() - 1).next();
        }
        return true;
    }

    private void reportGap(SegmentName expected, SegmentName found) {
        long missing = found.number() - expected.number();
        String last = found.on(found.timeline()).start().plus(-1).isBefore(expected.end())
                ? ""
                : " to " + SegmentName.before(found.timeline(), found.start(), found.segmentSize());
        observer.problem((missing == 1 ? "segment " : missing + " segments, ") + expected + last
                + (missing == 1 ? " is" : ", are") + " missing: reading goes on behind the gap at " + found.start());
    }

    /** Where an ancestor's WAL ended for want of this very segment, its last record may go on here: begin with that. */
    private Lsn begin(TimelineHistory history, SegmentName first) {
        Lsn begin = first.start();
        for (TimelineHistory.Switch step : history.ancestry()) {
            WalEnd.SegmentMissing end = lastEnds.get(step.parent());
            if (end != null && end.segment().number() == first.number()) {
                begin = end.validThrough();
            }
        }
        return begin;
    }

    private final class PassingOn implements Predicate<WalRecord> {
        @Override
        public boolean test(WalRecord record) {
            return passOn(record);
        }
    }

    private boolean passOn(WalRecord record) {
        if (begins) {
            begins = false;
            observer.begins(record.start());
        }
        if (record.entry() instanceof WalEntry.Other) {
            return true;
        }
        TimelineId timeline = record.timeline();
        if (!timeline.equals(current)) {
            if (current != null) {
                passedOn.put(current, through);
            }
            current = timeline;
            through = passedOn.getOrDefault(timeline, Lsn.INVALID);
        }
        if (record.start().isBefore(through)) {
            return true;
        }
        through = record.end();
        return observer.record(record);
    }
}
