package dev.pitrproof.drill;

import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.Lsn;
import java.time.Instant;

/**
 * A quiet moment of the story: no transaction of ours was in flight, and none ended in the milliseconds around it.
 *
 * @param storyTime the moment on the story's clock
 * @param serverTime the same moment on the source's clock, microseconds
 * @param lsn the source's insert position then
 * @param nextXid the xid that the source would assign next, with epoch
 */
record Barrier(StoryTime storyTime, Instant serverTime, Lsn lsn, long nextXid) {}
