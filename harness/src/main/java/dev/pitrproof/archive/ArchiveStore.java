package dev.pitrproof.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where an archive keeps its files, which have names and no order: a directory, or a bucket. It is only read. Safe for
 * several threads.
 */
public interface ArchiveStore {

    /** As a user names it. */
    String location();

    /** A file of it, as a user would name that. */
    String locate(String fileName);

    /** The store as a directory that a server can read, if it is one. */
    Optional<Path> directory();

    /**
     * The names of all files, in no order.
     *
     * @throws ArchiveException if there is no such store, or nobody can reach it
     */
    List<String> fileNames() throws IOException;

    /** The first of several names, all of which begin with the first one, that a file has. */
    Optional<String> firstOf(List<String> names) throws IOException;

    /** How many bytes the file has, as it is stored. */
    long size(String fileName) throws IOException;

    /**
     * The file's bytes as they are stored. Whoever reads only the beginning does not pay for the rest.
     *
     * @throws NoSuchFileException if it is gone
     */
    InputStream open(String fileName) throws IOException;

    /** The same for whoever reads all of it. */
    default InputStream openWhole(String fileName) throws IOException {
        return open(fileName);
    }

    /** How many files are best read at a time. */
    int readersMax();

    /** What each file is like now, by name: if it changes, so do these words. */
    Map<String, String> versions() throws IOException;

    /** Whether a file with the same version has the same content. */
    boolean versionTellsContent();

    /** Why a store without a segment cannot serve. */
    ArchiveException withoutSegments() throws IOException;
}
