package dev.pitrproof.archive;

import java.io.IOException;
import java.nio.file.Path;

/** A WAL archive that is a directory. */
public final class DirectoryArchive extends WalArchive {

    private DirectoryArchive(ArchiveStore store, SegmentHeader header) {
        super(store, header);
    }

    /**
     * Opens a directory; the first segment with a readable header tells segment size, cluster and version.
     *
     * @throws ArchiveException if it is no directory, or holds no segments, or none with a readable header
     */
    public static DirectoryArchive open(Path directory) throws IOException {
        ArchiveStore store = new DirectoryStore(directory);
        return new DirectoryArchive(store, firstHeader(store));
    }
}
