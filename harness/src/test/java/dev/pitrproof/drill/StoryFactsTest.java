package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.workload.JournalEntry;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoryFactsTest {

    private static final Lsn END = Lsn.parse("0/3000100");
    private static final TimelineId SECOND = new TimelineId(2);
    private static final TimelineHistory ONLY = TimelineHistory.of(TimelineId.FIRST);
    private static final TimelineHistory PROMOTED = new TimelineHistory(
            SECOND, List.of(new TimelineHistory.Switch(TimelineId.FIRST, END, "no recovery target specified")));

    /** A server that was killed gives an xid away again of which nothing had got to disk. */
    @Test
    void aCommitCountsThoughItsXidWasRolledBackBeforeACrash() {
        JournalSummary summary = StoryFacts.summary(
                List.of(entry(Outcome.REFUSED, 700), entry(Outcome.REFUSED, 701), entry(Outcome.ACKNOWLEDGED, 700)),
                ONLY);

        assertThat(summary.acknowledged()).containsOnlyKeys(700L).containsValue(END);
        assertThat(summary.rolledBack()).containsExactly(701L);
    }

    @Test
    void whatIsInDoubtCountsForNothing() {
        JournalSummary summary = StoryFacts.summary(List.of(entry(Outcome.IN_DOUBT, 700)), ONLY);

        assertThat(summary.acknowledged()).isEmpty();
        assertThat(summary.rolledBack()).isEmpty();
    }

    /** Xids and positions are given twice where a primary goes on that its standby has left. */
    @Test
    void ofEachTimelineOnlyWhatTheWayFollowsCounts() {
        List<JournalEntry> attempts = List.of(
                entry(Outcome.ACKNOWLEDGED, TimelineId.FIRST, 700, "0/2000000"),
                entry(Outcome.ACKNOWLEDGED, TimelineId.FIRST, 701, "0/3000200"),
                entry(Outcome.REFUSED, TimelineId.FIRST, 702, "0/3000300"),
                entry(Outcome.ACKNOWLEDGED, SECOND, 702, "0/3000400"),
                entry(Outcome.REFUSED, SECOND, 701, "0/3000500"));

        JournalSummary afterwards = StoryFacts.summary(attempts, PROMOTED);
        assertThat(afterwards.acknowledged()).containsOnlyKeys(700L, 702L);
        assertThat(afterwards.rolledBack()).containsExactly(701L);

        JournalSummary old = StoryFacts.summary(attempts, ONLY);
        assertThat(old.acknowledged()).containsOnlyKeys(700L, 701L);
        assertThat(old.rolledBack()).containsExactly(702L);
    }

    private static JournalEntry entry(Outcome outcome, long xid) {
        return entry(outcome, TimelineId.FIRST, xid, END.toString());
    }

    private static JournalEntry entry(Outcome outcome, TimelineId timeline, long xid, String after) {
        return new JournalEntry(1, outcome, timeline, xid, null, Lsn.parse(after), Instant.EPOCH, Instant.EPOCH, null);
    }
}
