package dev.pitrproof.fault;

import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A WAL segment that was archived and is gone: deleted by a clean-up job, lost with a disk, never copied to the second
 * site.
 */
public record LostSegment(SegmentName segment) {

    /**
     * Deletes the segment from an archive directory.
     *
     * @throws NoSuchFileException if it is not there, because a sabotage that did nothing would prove nothing
     */
    public void strike(Path archive) throws IOException {
        Files.delete(archive.resolve(segment.fileName()));
    }
}
