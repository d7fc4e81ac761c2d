package dev.pitrproof.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a dump must hold, row by row: 740 was still running when the snapshot was taken, 743 had not begun. */
class SnapshotClaimTest {

    private static final Snapshot SNAPSHOT = Snapshot.parse("740:743:740");
    private static final SnapshotClaim.Rows SOURCE =
            new SnapshotClaim.Rows(Map.of(1L, 739L, 2L, 740L, 3L, 741L, 4L, 742L, 5L, 743L), Set.of(6L));
    private static final Set<Long> COMMITTED = Set.of(739L, 740L, 741L, 742L, 743L);

    private static Claim judge(Set<Long> committed, Long... found) {
        return SnapshotClaim.judge(SNAPSHOT, SOURCE, committed, List.of(found));
    }

    @Test
    void aSnapshotSeesWhatHadEndedWhateverTheOrderOfXids() {
        assertThat(SNAPSHOT.sees(739)).isTrue();
        assertThat(SNAPSHOT.sees(740)).isFalse();
        assertThat(SNAPSHOT.sees(741)).isTrue();
        assertThat(SNAPSHOT.sees(743)).isFalse();
        assertThat(Snapshot.parse("740:740:")).isEqualTo(new Snapshot(740, 740, Set.of()));
    }

    @Test
    void anXidOfTheWalGetsTheEpochThatIsNearest() {
        Snapshot afterWraparound = Snapshot.parse("4294967400:4294967400:");

        assertThat(afterWraparound.widen(90)).isEqualTo(4294967386L);
        assertThat(afterWraparound.widen(-10)).isEqualTo(4294967286L);
    }

    @Test
    void whatIsNoSnapshotIsRefused() {
        assertThatThrownBy(() -> Snapshot.parse("740:743"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("740:743");
    }

    @Test
    void exactlyWhatItSawIsProven() {
        Claim claim = judge(COMMITTED, 1L, 3L, 4L);

        assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.code()).isEqualTo("DATA_AS_CLAIMED");
        assertThat(claim.found()).isEqualTo("3 of 3 are there, and none of the 2");
        assertThat(claim.witnesses()).contains("WAL", "ledger in the restored database");
    }

    @Test
    void aTransactionInDoubtMayBeThere() {
        assertThat(judge(COMMITTED, 1L, 3L, 4L, 6L).verdict()).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void aMissingTransactionIsNamed() {
        Claim claim = judge(COMMITTED, 1L, 4L);

        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.code()).isEqualTo("DATA_DIFFERS");
        assertThat(claim.found()).isEqualTo("1 of them are missing: xid 741");
    }

    @Test
    void aTransactionTooManyIsNamed() {
        Claim claim = judge(COMMITTED, 1L, 2L, 3L, 4L, 77L);

        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.found()).isEqualTo("2 are there that must not be: xid 740, row 77 of the ledger");
    }

    @Test
    void aCommitThatIsInNoWalProvesNothing() {
        Claim claim = judge(Set.of(739L, 740L, 741L, 742L), 1L, 3L, 4L);

        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("WAL_GAP");
    }

    @Test
    void withoutAWorkloadThereIsNothingToCompare() {
        Claim claim = SnapshotClaim.judge(SNAPSHOT, new SnapshotClaim.Rows(Map.of(), Set.of()), COMMITTED, List.of());

        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("NOTHING_TO_PROVE");
    }
}
