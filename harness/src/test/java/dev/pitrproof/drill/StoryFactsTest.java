package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.workload.JournalEntry;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoryFactsTest {

    private static final Lsn END = Lsn.parse("0/3000100");

    /** A server that was killed gives an xid away again of which nothing had got to disk. */
    @Test
    void aCommitCountsThoughItsXidWasRolledBackBeforeACrash() {
        JournalSummary summary = StoryFacts.summary(
                List.of(entry(Outcome.REFUSED, 700), entry(Outcome.REFUSED, 701), entry(Outcome.ACKNOWLEDGED, 700)));

        assertThat(summary.acknowledged()).containsOnlyKeys(700L).containsValue(END);
        assertThat(summary.rolledBack()).containsExactly(701L);
    }

    @Test
    void whatIsInDoubtCountsForNothing() {
        JournalSummary summary = StoryFacts.summary(List.of(entry(Outcome.IN_DOUBT, 700)));

        assertThat(summary.acknowledged()).isEmpty();
        assertThat(summary.rolledBack()).isEmpty();
    }

    private static JournalEntry entry(Outcome outcome, long xid) {
        return new JournalEntry(1, outcome, xid, null, END, Instant.EPOCH, Instant.EPOCH, null);
    }
}
