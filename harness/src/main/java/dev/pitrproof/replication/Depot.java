package dev.pitrproof.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where WAL goes on to from the directory that it is received into, and where it is safe though this machine is lost: a
 * bucket, say. What it takes it has whole, and for good.
 */
public interface Depot {

    /** As a user names it. */
    String location();

    /** The names of all files in it, in no order. */
    List<String> fileNames() throws IOException;

    /**
     * Stores a file that will not change any more. To store it again is fine; another one of that name is never
     * overwritten.
     *
     * @throws Unavailable if it cannot be stored now
     * @throws IOException if it cannot be stored at all
     */
    void store(Path file, String name) throws IOException;

    /**
     * Stores a segment as far as there is one, in the place of what was stored of it before, unless that reaches further.
     *
     * @throws Unavailable if it cannot be stored now
     * @throws IOException if it cannot be stored at all
     */
    void storePartial(Path file, String name) throws IOException;

    /** It does not take anything now, and may later. */
    final class Unavailable extends IOException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
