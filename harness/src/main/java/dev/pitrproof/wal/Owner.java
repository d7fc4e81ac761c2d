package dev.pitrproof.wal;

/** The timeline that owns a stretch of the log, remembered for the next position, which mostly lies in it too. */
final class Owner {

    private final TimelineHistory history;
    private TimelineId timeline;
    /** Where the stretch begins and ends, unsigned; empty at first. */
    private long begin;

    private long end;

    Owner(TimelineHistory history) {
        this.history = history;
        this.timeline = history.timeline();
    }

    /** The owner of the byte at this position. */
    TimelineId at(long position) {
        if (Long.compareUnsigned(position, begin) < 0 || Long.compareUnsigned(position, end) >= 0) {
            timeline = history.timelineAt(new Lsn(position));
            begin = history.beginOf(timeline).orElse(Lsn.INVALID).value();
            end = history.endOf(timeline).orElse(Lsn.LAST).value();
        }
        return timeline;
    }

    /** The owner of the position asked for last. */
    TimelineId timeline() {
        return timeline;
    }

    /** Where that timeline is left, unsigned. */
    long end() {
        return end;
    }
}
