package dev.pitrproof.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pitrproof.wal.TimelineId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets and timelines as PostgreSQL takes them. */
class RecoveryTargetTest {

    private final RecordsInMemory wal = RecordsInMemory.ofBackup();

    @Test
    void aTimeHasNoDigitsBehindTheMicrosecondsThatTheServerWouldCutOff() {
        RecoveryTarget.Time target = new RecoveryTarget.Time(Instant.parse("2026-03-01T12:00:02.000001999Z"), false);
        wal.commit(700, 2).commit(701, 2.000001).commit(702, 2.000002);

        assertThat(target.parameter()).containsEntry("recovery_target_time", "2026-03-01 12:00:02.000001+00");
        assertThat(wal.predict(target).notApplied().get(0).xid()).isEqualTo(701);
    }

    /** An empty setting is no target at all: the server would replay everything. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0123456789012345678901234567890123456789012345678901234567890123",
                "ääääääääääääääääääääääääääääääää"
            })
    void aNameThatNoRestorePointCanHaveIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RecoveryTarget.Name(name))
                .withMessageContaining("is no restore point's name: expected 1 to 63 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        // of the backup, with history files, latest
        "1, '', 1",
        "1, '2', 2",
        "1, '2 3 4', 4",
        "1, '2 4', 2",
        "1, '3', 1",
        "3, '2 3 4', 4",
        "5, '2 3 4 5', 5"
    })
    void latestCountsUpFromTheBackupsTimelineToTheFirstGap(int ofBackup, String histories, int latest) {
        List<TimelineId> withHistory = List.of(histories.split(" ", -1)).stream()
                .filter(number -> !number.isEmpty())
                .map(TimelineId::parse)
                .toList();
        TimelineId backups = new TimelineId(ofBackup);

        assertThat(new TimelineChoice.Latest().resolve(backups, withHistory)).isEqualTo(new TimelineId(latest));
        assertThat(new TimelineChoice.Current().resolve(backups, withHistory)).isEqualTo(backups);
        assertThat(new TimelineChoice.Numbered(new TimelineId(9)).resolve(backups, withHistory))
                .isEqualTo(new TimelineId(9));
    }
}
