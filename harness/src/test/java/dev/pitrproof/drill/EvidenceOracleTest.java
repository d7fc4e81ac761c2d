package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.ParameterLimits;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What evidence says of a prediction. */
class EvidenceOracleTest {

    private static final Instant TARGET = Instant.parse("2026-03-01T12:00:00Z");

    private static EndedTransaction end(WalEntry.Kind kind, long xid, long millis) {
        return new EndedTransaction(
                kind, xid, List.of(), TARGET.plusMillis(millis), start(xid), start(xid + 1), TimelineId.FIRST);
    }

    private static Lsn start(long xid) {
        return new Lsn(0x2000000 + xid * 0x100);
    }

    private static WalRecord record(EndedTransaction end) {
        return new WalRecord(
                end.lsn(),
                end.end(),
                end.timeline(),
                (int) end.xid(),
                Lsn.INVALID,
                WalRecord.RMID_TRANSACTION,
                0,
                0x100,
                new WalEntry.TransactionEnd(
                        end.kind(), (int) end.xid(), end.time(), List.of(), List.of(), List.of(), null));
    }

    @Test
    void commitsUpToTheTargetThatAreLeftOutAreThere() {
        EndedTransaction last = end(WalEntry.Kind.COMMIT, 700, -5);
        EndedTransaction stop = end(WalEntry.Kind.ABORT, 701, 1);
        EndedTransaction leftOut = end(WalEntry.Kind.COMMIT_PREPARED, 702, -2);
        List<EndedTransaction> behind =
                List.of(stop, leftOut, end(WalEntry.Kind.ABORT, 703, -1), end(WalEntry.Kind.COMMIT, 704, 9));
        TimelineHistory path = TimelineHistory.parse(new TimelineId(2), "1\t0/2000000\tbecause\n");
        Prediction prediction = new Prediction(
                new RecoveryTarget.Time(TARGET, true),
                Prediction.Reach.REACHED,
                record(last),
                record(stop),
                List.of(last),
                behind,
                Optional.of(700L),
                Optional.empty(),
                new ParameterLimits(0, 0, 0, 0, 0),
                Optional.empty(),
                new WalEnd.Stopped(start(705)),
                true,
                Optional.of(701L),
                last.end(),
                false);

        Oracle oracle = EvidenceParts.oracle(prediction, path);

        assertThat(oracle.leftOutThoughEarlier())
                .containsExactly(new TransactionRef(
                        "commit prepared", 702, leftOut.time(), leftOut.lsn().toString()));
        assertThat(Objects.requireNonNull(oracle.lastApplied()).xid()).isEqualTo(700);
        assertThat(Objects.requireNonNull(oracle.firstNotApplied()).xid()).isEqualTo(701);
        assertThat(oracle.committed()).isEqualTo(1);
        assertThat(oracle.notCommitted()).isEqualTo(2);
        assertThat(oracle.timelinePath()).containsExactly(1, 2);
        assertThat(oracle.appliedThroughLsn()).isEqualTo(last.end().toString());
    }
}
