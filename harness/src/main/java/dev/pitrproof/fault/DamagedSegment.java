package dev.pitrproof.fault;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A WAL segment that was archived and has lost a bit since: a disk that forgets, memory without error correction on the
 * way.
 *
 * @param from the position of a record in it, whose checksum is wrong from then on
 */
public record DamagedSegment(SegmentName segment, Lsn from) {

    /** Where a record's header has its xid: the record goes on to look like one, and only its checksum tells. */
    private static final int XID_AT = 4;

    /**
     * Changes a bit of the segment in an archive directory.
     *
     * @throws NoSuchFileException if it is not there, because a sabotage that did nothing would prove nothing
     */
    public void strike(Path archive) throws IOException {
        Path file = archive.resolve(segment.fileName());
        byte[] content = Files.readAllBytes(file);
        content[(int) from.minus(segment.start()) + XID_AT] ^= 0x10;
        Files.write(file, content);
    }
}
