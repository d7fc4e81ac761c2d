package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * What {@code pg_resetwal --epoch} does, for a PostgreSQL that comes without this program: on a cluster that was shut
 * down, the next xid of the last checkpoint gets another epoch, in the control file and in the checkpoint's record.
 *
 * <p>Offsets are those of {@code pg_control.h}: the same in 14 to 18, but for the control file's checksum.
 */
final class XidEpoch {

    private static final int PAGE = 8192;
    private static final int CONTROL_CHECKPOINT = 32;
    private static final int CONTROL_NEXT_XID = 64;
    private static final int RECORD_HEADER = 24;
    private static final int RECORD_CRC = 20;
    private static final int RECORD_NEXT_XID = RECORD_HEADER + 2 + 24;
    private static final int RECORD_LENGTH = RECORD_HEADER + 2 + 88;

    private XidEpoch() {}

    /** Whether the last checkpoint's record can be changed in place; else another checkpoint moves it on. */
    static boolean canBeSet(Path data) throws IOException {
        long checkpoint = littleEndian(Files.readAllBytes(control(data))).getLong(CONTROL_CHECKPOINT);
        return checkpoint % PAGE + RECORD_LENGTH <= PAGE;
    }

    static void set(Path data, int major, int segmentSize, int epoch) throws IOException {
        byte[] controlFile = Files.readAllBytes(control(data));
        ByteBuffer control = littleEndian(controlFile);
        Lsn checkpoint = new Lsn(control.getLong(CONTROL_CHECKPOINT));
        control.putInt(CONTROL_NEXT_XID + Integer.BYTES, epoch);
        int crc = major >= 18 ? 292 : 288;
        control.putInt(crc, crc(control.slice(0, crc)));
        write(control(data), controlFile);

        Path segment = data.resolve("pg_wal")
                .resolve(SegmentName.holding(TimelineId.FIRST, checkpoint, segmentSize)
                        .fileName());
        byte[] wal = Files.readAllBytes(segment);
        ByteBuffer record = littleEndian(wal)
                .slice((int) (checkpoint.value() % segmentSize), RECORD_LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(record.getInt(0)).as("length of the checkpoint's record").isEqualTo(RECORD_LENGTH);
        record.putInt(RECORD_NEXT_XID + Integer.BYTES, epoch);
        record.putInt(
                RECORD_CRC,
                crc(record.slice(RECORD_HEADER, RECORD_LENGTH - RECORD_HEADER), record.slice(0, RECORD_CRC)));
        write(segment, wal);
    }

    private static Path control(Path data) {
        return data.resolve("global/pg_control");
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** In place: the file stays its owner's. */
    private static void write(Path file, byte[] content) throws IOException {
        Files.write(file, content, StandardOpenOption.WRITE);
    }

    private static int crc(ByteBuffer... parts) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer part : parts) {
            crc.update(part);
        }
        return (int) crc.getValue();
    }
}
