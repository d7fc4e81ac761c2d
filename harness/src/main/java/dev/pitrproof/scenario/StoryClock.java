package dev.pitrproof.scenario;

import java.time.Duration;

/**
 * Maps the story's clock onto the seconds that the story really lasts, in proportion.
 *
 * <p>It says when an event is due, never when it happened: that is the server's clock, which a drill reads and records.
 * Events whose due times lie closer together than a server can tell apart simply follow each other.
 *
 * @param from the story time at which the story begins
 * @param to the story time at which it ends, after {@code from}
 * @param lasts the real time in between, longer than zero
 */
public record StoryClock(StoryTime from, StoryTime to, Duration lasts) {

    public StoryClock {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("story goes from " + from + " to " + to + ": expected a later end");
        }
        if (lasts.isZero() || lasts.isNegative()) {
            throw new IllegalArgumentException("story lasts " + lasts + ": expected longer than zero");
        }
    }

    public boolean contains(StoryTime time) {
        return !time.isBefore(from) && !time.isAfter(to);
    }

    /**
     * How long after the story's real start {@code time} is due.
     *
     * @throws IllegalArgumentException if the story does not contain it
     */
    public Duration offset(StoryTime time) {
        if (!contains(time)) {
            throw new IllegalArgumentException(time + " is outside the story: expected " + from + " to " + to);
        }
        return scaled(lasts, from.until(time).toSeconds(), from.until(to).toSeconds());
    }

    /** The story time that is due at {@code offset} after the real start, held within the story, in whole seconds. */
    public StoryTime at(Duration offset) {
        if (offset.isNegative()) {
            return from;
        }
        if (offset.compareTo(lasts) >= 0) {
            return to;
        }
        return from.plus(scaled(from.until(to), offset.toNanos(), lasts.toNanos()));
    }

    /** In floating point: a story's nanoseconds times its seconds would not fit a long. */
    private static Duration scaled(Duration whole, long part, long of) {
        return Duration.ofNanos(Math.round(whole.toNanos() * ((double) part / of)));
    }
}
