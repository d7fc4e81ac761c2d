package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import java.io.IOException;
import java.nio.file.Path;

/** The WAL that a restore reads. */
interface WalOpener {

    /** For one who closes it. */
    WalArchive open() throws IOException;

    /** Where it is on this machine, for a server that may write there. */
    Path directory() throws IOException;

    /** Segments in a directory, as inside of a backup. */
    record InDirectory(Path directory) implements WalOpener {
        @Override
        public WalArchive open() throws IOException {
            return DirectoryArchive.open(directory);
        }
    }
}
