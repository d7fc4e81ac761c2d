package dev.pitrproof.proof;

import static dev.pitrproof.proof.RecordsInMemory.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.Prediction.Reach;
import dev.pitrproof.wal.WalRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WAL of {@code wal_level=minimal}, which PostgreSQL refuses to replay. */
class MinimalWalTest {

    private final RecordsInMemory wal = RecordsInMemory.ofBackup();

    @Test
    void noRecoveryGoesOnWhereItBegins() {
        wal.commit(700, 1).minimal();
        WalRecord minimal = wal.last();
        wal.commit(701, 2);

        for (RecoveryTarget target : List.of(
                new RecoveryTarget.Latest(),
                new RecoveryTarget.Time(at(2), true),
                new RecoveryTarget.Xid(701, false))) {
            Prediction prediction = wal.predict(target);
            assertThat(prediction.reach()).as(target.toString()).isEqualTo(Reach.NOT_REACHED);
            assertThat(prediction.isRefused()).isTrue();
            assertThat(prediction.firstNotApplied()).isEqualTo(minimal);
            assertThat(prediction.lastCommit().orElseThrow().xid()).isEqualTo(700);
        }
    }

    @Test
    void beforeItTargetsAreReached() {
        wal.commit(700, 1).minimal();
        WalRecord minimal = wal.last();
        wal.commit(701, 2);

        Prediction before = wal.predict(new RecoveryTarget.AtLsn(minimal.start(), false));

        assertThat(before.reach()).isEqualTo(Reach.REACHED);
        assertThat(before.isRefused()).isFalse();
        assertThat(before.notApplied()).isEmpty();
    }
}
