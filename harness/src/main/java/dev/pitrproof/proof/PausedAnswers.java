package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the restored cluster said while it was paused at the target.
 *
 * @param inRecovery {@code pg_is_in_recovery()}
 * @param paused whether {@code pg_get_wal_replay_pause_state()} was "paused"
 * @param replayLsn {@code pg_last_wal_replay_lsn()}: the position behind the last applied record
 * @param lastReplayTime {@code pg_last_xact_replay_timestamp()}; null when no transaction end was replayed
 * @param systemIdentifier from {@code pg_control_system()}, unsigned
 * @param controlTimeline from {@code pg_control_checkpoint()}
 * @param statuses the status of each xid of the oracle's window
 * @param told what its settings say of its target
 */
public record PausedAnswers(
        boolean inRecovery,
        boolean paused,
        @Nullable Lsn replayLsn,
        @Nullable Instant lastReplayTime,
        long systemIdentifier,
        TimelineId controlTimeline,
        XidStatuses statuses,
        ToldTarget told) {}
