package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import java.io.IOException;

/** Opens the WAL that a restore reads, for one who closes it. */
@FunctionalInterface
interface WalOpener {
    WalArchive open() throws IOException;
}
