package dev.pitrproof.proof;

import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import org.jspecify.annotations.Nullable;

/**
 * What the restored cluster said after its promotion.
 *
 * @param inRecovery {@code pg_is_in_recovery()}
 * @param timeline the timeline of its checkpoint, {@code pg_control_checkpoint()}
 * @param history that timeline's history file, which names where it branched off; null if there is none
 */
public record PromotedAnswers(
        boolean inRecovery, TimelineId timeline, @Nullable TimelineHistory history) {}
