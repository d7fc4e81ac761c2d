package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import org.junit.jupiter.api.Test;

class BackupLabelTest {

    private static final String LABEL = """
            START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
            CHECKPOINT LOCATION: 0/2000060
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-21 07:25:07 UTC
            LABEL: every night: 03:00
            START TIMELINE: 1
            """;

    @Test
    void readsEveryLine() {
        assertThat(BackupLabel.parse(LABEL))
                .isEqualTo(new BackupLabel(
                        Lsn.parse("0/2000028"),
                        Lsn.parse("0/2000060"),
                        "streamed",
                        "primary",
                        "2026-11-21 07:25:07 UTC",
                        "every night: 03:00",
                        TimelineId.FIRST));
    }

    @Test
    void namesTheLineThatIsMissing() {
        assertThatThrownBy(() -> BackupLabel.parse(LABEL.replace("START TIMELINE: 1\n", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no line \"START TIMELINE: …\" in the backup label");
    }
}
