package dev.pitrproof.drill;

import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.Snapshot;
import dev.pitrproof.scenario.StoryTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the source committed that a dump does not hold, measured on the WAL: a commit is in the dump if its snapshot saw
 * the xid, and else it is missing.
 *
 * @param seen commits that are in the dump, in WAL order
 * @param missing those before the damage that are not; all that are not where there was no damage
 * @param acknowledged those of the missing ones that a client was told of
 * @param story from the snapshot to the damage, or to the story's end, on the story's clock
 */
record DumpLoss(
        List<EndedTransaction> seen,
        List<EndedTransaction> missing,
        List<EndedTransaction> acknowledged,
        Duration story) {

    static DumpLoss of(StoryDumps.Dump dump, ArchivedCommits archived, StoryFacts story) {
        Recording.Damage damage = story.recording().damage();
        Snapshot snapshot = dump.snapshot();
        Set<Long> told = story.journal(archived.path()).acknowledged().keySet();
        List<EndedTransaction> seen = archived.seenBy(snapshot);
        List<EndedTransaction> missing = archived.missedBy(snapshot, damage == null ? null : damage.serverTime());
        StoryTime end = damage == null ? story.scenario().clock().to() : damage.storyTime();
        // of which everything is there: the snapshot, unless a commit of an earlier time is not in it
        StoryTime through = missing.stream()
                .map(EndedTransaction::time)
                .min(Comparator.naturalOrder())
                .filter(time -> time.isBefore(dump.moment().serverTime()))
                .map(story.recording().storyTimes()::at)
                .orElse(dump.moment().storyTime());
        return new DumpLoss(
                seen,
                missing,
                missing.stream().filter(commit -> told.contains(commit.xid())).toList(),
                through.until(end));
    }

    Optional<EndedTransaction> lastSeen() {
        return seen.isEmpty() ? Optional.empty() : Optional.of(seen.get(seen.size() - 1));
    }

    Optional<EndedTransaction> firstMissing() {
        return missing.stream().findFirst();
    }
}
