package dev.pitrproof.proof;

import dev.pitrproof.wal.TimelineId;
import java.util.Collection;

/** Which timeline recovery follows, in the terms of PostgreSQL's {@code recovery_target_timeline}. */
public sealed interface TimelineChoice {

    /**
     * The timeline that PostgreSQL would follow.
     *
     * @param ofBackup the timeline of the backup's checkpoint
     * @param withHistory the timelines whose history files the archive has
     */
    TimelineId resolve(TimelineId ofBackup, Collection<TimelineId> withHistory);

    /** The timeline that the backup was taken on. */
    record Current() implements TimelineChoice {
        @Override
        public TimelineId resolve(TimelineId ofBackup, Collection<TimelineId> withHistory) {
            return ofBackup;
        }
    }

    /**
     * The newest timeline, which need not come from the backup's.
     *
     * <p>As {@code findNewestTimeLine} of timeline.c finds it: by counting up from the backup's timeline until a history
     * file is missing, so that whatever lies behind a gap in the numbers is not found.
     */
    record Latest() implements TimelineChoice {
        @Override
        public TimelineId resolve(TimelineId ofBackup, Collection<TimelineId> withHistory) {
            TimelineId newest = ofBackup;
            for (TimelineId next = after(newest); withHistory.contains(next); next = after(newest)) {
                newest = next;
            }
            return newest;
        }

        private static TimelineId after(TimelineId timeline) {
            return new TimelineId(timeline.value() + 1);
        }
    }

    /** One timeline by its number. */
    record Numbered(TimelineId timeline) implements TimelineChoice {
        @Override
        public TimelineId resolve(TimelineId ofBackup, Collection<TimelineId> withHistory) {
            return timeline;
        }
    }
}
