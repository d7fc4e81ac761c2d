package dev.pitrproof.wal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the file that holds a position of the path a timeline history describes.
 *
 * <p>A switchpoint lies inside a segment, and that segment exists on both timelines: the younger one's file begins with
 * a copy of the older one's. Like {@code XLogFileReadAnyTLI} of xlogrecovery.c, the youngest whose file exists is taken.
 */
final class SegmentPath {

    private final SegmentSource source;
    private final TimelineHistory history;
    private final List<TimelineId> path;
    private final int segmentSize;

    SegmentPath(SegmentSource source, TimelineHistory history, int segmentSize) {
        this.source = source;
        this.history = history;
        this.path = history.path();
        this.segmentSize = segmentSize;
    }

    /**
     * The segment file to read the byte at {@code position} from.
     *
     * @throws EndOfWal if no timeline of the path has that segment
     */
    SegmentName choose(Lsn position) throws EndOfWal, IOException {
        SegmentName owners = SegmentName.holding(history.timelineAt(position), position, segmentSize);
        SegmentName youngest = owners;
        for (int i = path.size() - 1; i >= 0; i--) {
            SegmentName candidate = owners.on(path.get(i));
            if (candidate.timeline().compareTo(owners.timeline()) < 0) {
                break; // what an older timeline has here belongs to another branch
            }
            if (beginsBefore(candidate.timeline(), owners.end())) {
                if (source.has(candidate)) {
                    return candidate;
                }
                if (candidate.compareTo(youngest) > 0) {
                    youngest = candidate;
                }
            }
        }
        throw new EndOfWal(new Missing(youngest));
    }

    private record Missing(SegmentName segment) implements EndOfWal.Reason {
        @Override
        public WalEnd after(Lsn validThrough) {
            return new WalEnd.SegmentMissing(validThrough, segment);
        }
    }

    private boolean beginsBefore(TimelineId timeline, Lsn position) {
        Optional<Lsn> begin = history.beginOf(timeline);
        return begin.isEmpty() || begin.get().isBefore(position);
    }
}
