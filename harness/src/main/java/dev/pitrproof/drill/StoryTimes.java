package dev.pitrproof.drill;

import dev.pitrproof.scenario.StoryTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Translates the server's clock into the story's, in proportion between the barriers on either side. */
final class StoryTimes {

    private final NavigableMap<Instant, StoryTime> known = new TreeMap<>();

    StoryTimes(Iterable<Barrier> barriers) {
        for (Barrier barrier : barriers) {
            known.put(barrier.serverTime(), barrier.storyTime());
        }
    }

    /** The story time at {@code serverTime}, in whole seconds, never outside the story. */
    StoryTime at(Instant serverTime) {
        Map.Entry<Instant, StoryTime> before = known.floorEntry(serverTime);
        Map.Entry<Instant, StoryTime> after = known.higherEntry(serverTime);
        if (before == null) {
            return known.firstEntry().getValue();
        }
        if (after == null) {
            return before.getValue();
        }
        double whole = nanos(before.getKey(), after.getKey());
        double part = nanos(before.getKey(), serverTime);
        Duration story = before.getValue().until(after.getValue());
        return before.getValue().plus(Duration.ofSeconds((long) (story.toSeconds() * part / whole)));
    }

    private static double nanos(Instant from, Instant to) {
        return Duration.between(from, to).toNanos();
    }
}
