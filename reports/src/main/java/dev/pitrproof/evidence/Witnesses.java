package dev.pitrproof.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the restored cluster, its files and the client's journal said. Null is what was not asked or not answered.
 *
 * @param replayLsn {@code pg_last_wal_replay_lsn()} while paused at the target
 * @param lastReplayTime {@code pg_last_xact_replay_timestamp()} then
 * @param xidsAsked how many transactions the cluster was asked about
 * @param xidsAgreeing how many of its answers agree with the oracle
 * @param timelinePath the timelines the cluster went along, oldest first
 * @param snapshotXmax {@code pg_snapshot_xmax(pg_current_snapshot())} while paused
 * @param systemIdentifier from the restored control data, decimal
 * @param controlTimeline the timeline in the restored control data
 * @param historySwitchLsn the switchpoint in the history file that promotion wrote
 * @param newTimeline the timeline that promotion began
 * @param acknowledgedCommits how many commits the journal says were acknowledged, all of the story's
 * @param told by name what the restored server's settings say of its target: {@code recovery_target*}, and
 *     {@code timezone}, in which a time without an offset is read
 * @param toldTime the moment that {@code recovery_target_time} is in that time zone
 */
public record Witnesses(
        @Nullable String replayLsn,
        @Nullable Instant lastReplayTime,
        long xidsAsked,
        long xidsAgreeing,
        List<Integer> timelinePath,
        @Nullable String snapshotXmax,
        @Nullable String systemIdentifier,
        @Nullable String controlTimeline,
        @Nullable String historySwitchLsn,
        @Nullable Integer newTimeline,
        @Nullable Long acknowledgedCommits,
        Map<String, String> told,
        @Nullable Instant toldTime) {
    public Witnesses {
        timelinePath = Components.list(timelinePath);
        told = Components.map(told);
    }
}
