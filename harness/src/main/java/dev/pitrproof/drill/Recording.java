package dev.pitrproof.drill;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.restore.ClusterDigest;
import dev.pitrproof.restore.TableDigest;
import dev.pitrproof.scenario.RestoreTarget;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.workload.Journal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a story when it is over: all that the restores need, and all that the reports tell.
 *
 * @param archive the archive's directory; nothing writes to it any more
 * @param backups by label
 * @param barriers by story time
 * @param marks the moment of each mark, by name
 * @param digests by mark, then by table
 * @param clusterDigests by mark
 * @param moments in the order in which they happened
 * @param impacts what each backup did to the source, in the order in which they were taken
 * @param damage when the first accident struck; null if there was none
 */
record Recording(
        Path archive,
        Map<String, BaseBackup> backups,
        SortedMap<StoryTime, Barrier> barriers,
        Map<String, Barrier> marks,
        Map<String, Map<String, TableDigest>> digests,
        Map<String, ClusterDigest> clusterDigests,
        List<Story.Moment> moments,
        List<Impact.OfBackup> impacts,
        @Nullable Damage damage,
        Journal journal) {

    /** An accident's time on both clocks. */
    record Damage(StoryTime storyTime, Instant serverTime) {}

    /** The moment that a restore is to go back to. */
    Barrier moment(RestoreTarget target) {
        Barrier moment =
                target instanceof RestoreTarget.MarkMoment mark ? marks.get(mark.mark()) : barriers.get(target.time());
        return Objects.requireNonNull(moment, "the reader lets no unknown moment pass");
    }

    StoryTimes storyTimes() {
        return new StoryTimes(barriers.values());
    }
}
