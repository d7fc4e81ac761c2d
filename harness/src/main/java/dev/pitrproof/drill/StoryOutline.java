package dev.pitrproof.drill;

import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Story.CommitBucket;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.workload.JournalEntry;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The story as the reports tell it: its moments, the target among them, and how many commits there were when. */
final class StoryOutline {

    private static final int BUCKETS = 60;

    private StoryOutline() {}

    static Story of(StoryFacts facts) {
        Barrier target = facts.target();
        List<Moment> moments = new ArrayList<>(facts.recording().moments());
        facts.targetStoryTime()
                .ifPresent(time -> moments.add(new Moment(
                        time.toString(),
                        target.serverTime(),
                        target.lsn().toString(),
                        "target",
                        "restore to " + facts.asked().inWords())));
        // stable: at the same moment the order in which things happened is kept, the target first
        moments.sort(
                Comparator.comparing((Moment moment) -> moment.serverTime() == null ? Instant.MIN : moment.serverTime())
                        .thenComparing(moment -> !moment.kind().equals("target")));
        return new Story(
                facts.scenario().clock().from().toString(),
                facts.scenario().clock().to().toString(),
                moments,
                buckets(facts.recording()));
    }

    private static List<CommitBucket> buckets(Recording recording) {
        List<Barrier> barriers = List.copyOf(recording.barriers().values());
        Instant from = barriers.get(0).serverTime();
        Instant to = barriers.get(barriers.size() - 1).serverTime();
        long width = Math.max(1, Duration.between(from, to).toNanos() / BUCKETS);
        int[] commits = new int[BUCKETS];
        int[] refused = new int[BUCKETS];
        for (JournalEntry entry : recording.journal().entries()) {
            long offset = Duration.between(from, entry.ended()).toNanos();
            int bucket = (int) Math.max(0, Math.min(BUCKETS - 1, offset / width));
            if (entry.outcome() == Outcome.ACKNOWLEDGED) {
                commits[bucket]++;
            } else if (entry.outcome() == Outcome.REFUSED) {
                refused[bucket]++;
            }
        }
        StoryTimes times = recording.storyTimes();
        List<CommitBucket> buckets = new ArrayList<>();
        for (int i = 0; i < BUCKETS; i++) {
            Instant begin = from.plusNanos(i * width);
            buckets.add(new CommitBucket(
                    times.at(begin).toString(), begin, begin.plusNanos(width), commits[i], refused[i]));
        }
        return buckets;
    }
}
