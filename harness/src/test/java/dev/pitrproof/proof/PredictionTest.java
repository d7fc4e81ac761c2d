package dev.pitrproof.proof;

import static dev.pitrproof.proof.RecordsInMemory.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a prediction says besides A and N. */
class PredictionTest {

    private final RecordsInMemory wal = RecordsInMemory.ofBackup();

    private static List<Long> xids(List<EndedTransaction> ends) {
        return ends.stream().map(EndedTransaction::xid).toList();
    }

    @Test
    void theIntentIsEveryCommitUpToTheTimeWhereverItIs() {
        wal.commit(700, 1)
                .abort(701, 1)
                .commit(702, 2.5)
                .commit(703, 2)
                .abort(704, 1)
                .commit(705, 1.5)
                .commit(706, 3);

        Prediction inclusive = wal.predict(new RecoveryTarget.Time(at(2), true));
        assertThat(xids(inclusive.intended())).containsExactly(700L, 703L, 705L);
        assertThat(xids(inclusive.leftOutThoughEarlier())).containsExactly(703L, 705L);
        Prediction exclusive = wal.predict(new RecoveryTarget.Time(at(2), false));
        assertThat(xids(exclusive.intended())).containsExactly(700L, 705L);
        assertThat(xids(exclusive.leftOutThoughEarlier())).containsExactly(705L);
    }

    @Test
    void ofOtherTargetsTheIntentIsWhatIsApplied() {
        wal.commit(700, 1).abort(701, 1).commit(702, 3).commit(703, 2);

        Prediction prediction = wal.predict(new RecoveryTarget.Xid(702, true));
        assertThat(xids(prediction.intended())).containsExactly(700L, 702L);
        assertThat(prediction.leftOutThoughEarlier()).isEmpty();
    }

    @Test
    void theEndIsThatOfTheLastRecordApplied() {
        wal.commit(700, 1).other(701);
        WalRecord last = wal.last();
        wal.commit(701, 2);

        assertThat(wal.predict(new RecoveryTarget.Time(at(1), true)).endLsn()).isEqualTo(last.end());
        assertThat(wal.predict(new RecoveryTarget.AtLsn(RecordsInMemory.REDO, false))
                        .endLsn())
                .isEqualTo(RecordsInMemory.REDO);
    }

    /** The server reads the checkpoint to know where to begin; it does not apply it. */
    @Test
    void aShutdownCheckpointThatReplayBeginsAtIsNotApplied() {
        RecordsInMemory shutdown = RecordsInMemory.ofShutdown(700);
        WalRecord checkpoint = shutdown.last();
        shutdown.commit(700, 1);
        WalRecord first = shutdown.last();
        shutdown.commit(701, 2);
        Lsn redo = checkpoint.start();
        BackupBounds bounds = new BackupBounds(redo, redo, checkpoint.end(), TimelineId.FIRST, true);

        Prediction prediction = shutdown.predict(new RecoveryTarget.AtLsn(redo, true), bounds);
        assertThat(prediction.lastApplied()).isEqualTo(first);
        assertThat(prediction.nextXidAtRedo()).contains(700L);
        Prediction immediate = shutdown.predict(new RecoveryTarget.Immediate(), bounds);
        assertThat(immediate.lastApplied()).isNull();
        assertThat(immediate.firstNotApplied()).isEqualTo(first);
        assertThat(immediate.endLsn()).isEqualTo(checkpoint.end());
    }
}
