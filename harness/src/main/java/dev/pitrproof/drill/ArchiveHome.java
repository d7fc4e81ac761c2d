package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveStore;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Takes the archives of drills when their stories are over, each to a fresh place: a bucket, say. All restores of the drill
 * get their WAL from there.
 */
@FunctionalInterface
public interface ArchiveHome {

    /**
     * Copies all files of a directory.
     *
     * @param story fit for a name
     */
    Taken take(Path archive, String story) throws IOException;

    /** An archive's new place, which is removed when this is closed. */
    interface Taken extends AutoCloseable {

        ArchiveStore store();

        @Override
        void close() throws IOException;
    }
}
