package dev.pitrproof.drill;

import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.restore.ClusterDigest;
import dev.pitrproof.restore.TableDigest;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.RestoreTarget;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.workload.Journal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a story when it is over: all that the restores need, and all that the reports tell.
 *
 * @param archive the archive's directory, to which nothing writes any more; null if the WAL was archived nowhere
 * @param backups what became of the base backups
 * @param dumps what became of the logical ones
 * @param barriers by story time
 * @param marks the moment of each mark, by name
 * @param places what restore points, named transactions and backups' ends were
 * @param digests by mark, then by table
 * @param clusterDigests by mark
 * @param moments in the order in which they happened
 * @param impacts what each backup did to the source, in the order in which they were taken
 * @param damage when the first accident struck; null if there was none
 */
record Recording(
        @Nullable Path archive,
        StoryBackups.Taken backups,
        StoryDumps.Taken dumps,
        SortedMap<StoryTime, Barrier> barriers,
        Map<String, Barrier> marks,
        Places places,
        Map<String, Map<String, TableDigest>> digests,
        Map<String, ClusterDigest> clusterDigests,
        List<Story.Moment> moments,
        List<Impact.OfBackup> impacts,
        @Nullable Damage damage,
        Journal journal) {

    /** An accident's time on both clocks. */
    record Damage(StoryTime storyTime, Instant serverTime) {}

    /**
     * The places that a target can name.
     *
     * @param restorePoints the moment before each, by name
     * @param transactions by the name that their step has
     * @param backupEnds the moment behind each backup, by label
     */
    record Places(
            Map<String, Barrier> restorePoints,
            Map<String, NamedTransaction> transactions,
            Map<String, Barrier> backupEnds) {

        static Places none() {
            return new Places(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        }
    }

    /** The moment that a restore is to go back to. */
    Barrier moment(Restore restore) {
        RestoreTarget target = restore.to();
        Barrier moment;
        if (target instanceof RestoreTarget.MarkMoment mark) {
            moment = marks.get(mark.mark());
        } else if (target instanceof RestoreTarget.AtRestorePoint point) {
            moment = places.restorePoints().get(point.name());
        } else if (target instanceof RestoreTarget.OfTransaction one) {
            moment = transaction(one.step()).moment();
        } else if (target instanceof RestoreTarget.AtCommit one) {
            moment = transaction(one.step()).moment();
        } else if (target instanceof RestoreTarget.EndOfBackup) {
            moment = places.backupEnds().get(restore.from());
        } else if (target instanceof RestoreTarget.OfCalendar calendar) {
            // where it lies in the WAL is not known; the nearest moment of the story stands for it
            moment = before(calendar.instant());
        } else {
            moment = barriers.get(target.time());
        }
        return Objects.requireNonNull(moment, "the reader lets no unknown moment pass");
    }

    /** The target of a restore as a time that comes twice; empty if it is told as the moment that it is. */
    Optional<RepeatedTime> repeated(Restore restore) {
        Barrier first = moment(restore);
        return Optional.ofNullable(restore.server().clockShowsItAgain())
                .map(time -> barriers.get(time))
                .map(again -> new RepeatedTime(first.serverTime(), again.serverTime(), first.storyTime()));
    }

    private Barrier before(Instant instant) {
        Barrier last = barriers.get(barriers.firstKey());
        for (Barrier barrier : barriers.values()) {
            if (!barrier.serverTime().isAfter(instant)) {
                last = barrier;
            }
        }
        return Objects.requireNonNull(last);
    }

    NamedTransaction transaction(String step) {
        return Objects.requireNonNull(places.transactions().get(step), "the reader lets no unknown transaction pass");
    }

    StoryTimes storyTimes() {
        return new StoryTimes(barriers.values());
    }
}
