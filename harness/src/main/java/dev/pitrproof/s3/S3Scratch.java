package dev.pitrproof.s3;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** A copy of a directory's files at a place in a bucket where nothing was, for a while. */
public final class S3Scratch {

    private final S3Location location;
    private final @Nullable URI endpoint;
    private final List<String> names = new ArrayList<>();

    private S3Scratch(S3Location location, @Nullable URI endpoint) {
        this.location = location;
        this.endpoint = endpoint;
    }

    /**
     * Copies the files of a directory, but for those whose names begin with a dot.
     *
     * @param below a folder of its own is made below this place
     * @param name what the folder's name begins with
     * @throws ArchiveException if it cannot; nothing stays then
     */
    public static S3Scratch of(Path directory, S3Location below, String name, @Nullable URI endpoint)
            throws IOException {
        S3Scratch scratch = new S3Scratch(
                new S3Location(below.bucket(), below.folder() + name + "-" + UUID.randomUUID()), endpoint);
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> Files.isRegularFile(file) && !isUnfinished(file))
                    .sorted()
                    .toList();
        }
        try (S3Archiver archiver = S3Archiver.to(scratch.location, endpoint)) {
            for (Path file : files) {
                String fileName = String.valueOf(file.getFileName());
                scratch.names.add(fileName); // also one whose answer was lost may be there
                archiver.put(file, fileName);
            }
        } catch (IOException e) {
            try {
                scratch.remove();
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
        return scratch;
    }

    /** What an archive_command was writing when its server ended. */
    private static boolean isUnfinished(Path file) {
        return String.valueOf(file.getFileName()).startsWith(".");
    }

    /** Asks whether anything can be there at all. */
    public static void require(S3Location below, @Nullable URI endpoint) throws IOException {
        S3Store.at(new S3Location(below.bucket(), below.folder() + UUID.randomUUID()), endpoint)
                .fileNames();
    }

    /** To read from. */
    public ArchiveStore store() {
        return S3Store.at(location, endpoint);
    }

    /** Deletes what was copied there, and nothing else. */
    public void remove() throws IOException {
        try (S3Client client = S3Connection.open(endpoint)) {
            for (String name : names) {
                client.deleteObject(request -> request.bucket(location.bucket()).key(location.key(name)));
            }
        } catch (SdkException e) {
            throw new S3Trouble(location).of(location.toString(), e);
        }
    }

    @Override
    public String toString() {
        return location.toString();
    }
}
