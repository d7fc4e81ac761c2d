package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveStore;
import dev.pitrproof.replication.Depot;
import dev.pitrproof.s3.S3Archiver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A bucket as the place that received WAL goes on to: whole files by the rules of {@code pitrproof archive}.
 *
 * @param store the same place, to read from
 */
record BucketDepot(ArchiveStore store, S3Archiver archiver) implements Depot, AutoCloseable {

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public List<String> fileNames() throws IOException {
        return store.fileNames();
    }

    @Override
    public void store(Path file, String name) throws IOException {
        try {
            archiver.put(file, name);
        } catch (ArchiveException e) {
            throw told(e);
        }
    }

    @Override
    public void storePartial(Path file, String name) throws IOException {
        try {
            archiver.putPartial(file, name);
        } catch (ArchiveException e) {
            throw told(e);
        }
    }

    /** What is no fault of the file's may pass. */
    private static IOException told(ArchiveException e) {
        return e.kind() == ArchiveException.Kind.UNREACHABLE ? new Unavailable(String.valueOf(e.getMessage()), e) : e;
    }

    @Override
    public void close() {
        archiver.close();
    }
}
