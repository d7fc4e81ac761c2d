package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlDataTest {

    private static byte[] control(int version, int checksumAt) {
        ByteBuffer file = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(0, -2)
                .putInt(8, version)
                .putInt(12, 202406281)
                .putInt(16, 6)
                .putLong(32, 0x2000060)
                .putLong(40, 0x2000028)
                .putInt(48, 3)
                .putInt(180, 100)
                .putInt(228, 1 << 24)
                .putInt(252, 1);
        CRC32C sum = new CRC32C();
        sum.update(file.array(), 0, checksumAt);
        file.putInt(checksumAt, (int) sum.getValue());
        return file.array();
    }

    @ParameterizedTest
    @CsvSource({"1300, 288", "1700, 288", "1800, 292"})
    void decodesEachVersionAndVerifiesItsChecksum(int version, int checksumAt) {
        byte[] file = control(version, checksumAt);
        ControlData control = ControlData.parse(file);

        assertThat(Long.toUnsignedString(control.systemIdentifier())).isEqualTo("18446744073709551614");
        assertThat(control.state()).isEqualTo(ControlData.State.IN_PRODUCTION);
        assertThat(control.checkpointLsn()).isEqualTo(Lsn.parse("0/2000060"));
        assertThat(control.redoLsn()).isEqualTo(Lsn.parse("0/2000028"));
        assertThat(control.timeline()).isEqualTo(new TimelineId(3));
        assertThat(control.maxConnections()).isEqualTo(100);
        assertThat(control.walSegmentSize()).isEqualTo(1 << 24);

        file[180] ^= 1;
        assertThatThrownBy(() -> ControlData.parse(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("pg_control has checksum [0-9a-f]{8}: expected [0-9a-f]{8}");
    }

    @Test
    void refusesAVersionItDoesNotKnow() {
        assertThatThrownBy(() -> ControlData.parse(control(1201, 288)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pg_control has version 1201: expected ");
    }
}
