package dev.pitrproof.cli;

import dev.pitrproof.sandbox.TemporaryFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory for WAL out of a tar file, or out of a bucket, while it is read. It goes when closed, and also when the
 * process is ended.
 */
final class WalDirectory implements AutoCloseable {

    /** What its name begins with: whoever finds one can tell which process has forgotten it. */
    static final String PREFIX = "pitrproof-wal-" + ProcessHandle.current().pid() + "-";

    private static final int ATTEMPTS = 10;

    private @Nullable Path directory;
    private @Nullable Thread hook;

    /** The directory, which is made when it is first asked for. */
    Path create() throws IOException {
        Path known = directory;
        if (known != null) {
            return known;
        }
        Path made = TemporaryFiles.createDirectory(PREFIX);
        Thread removal = new Thread(() -> remove(made), "remove-wal");
        Runtime.getRuntime().addShutdownHook(removal);
        directory = made;
        hook = removal;
        return made;
    }

    private static void remove(Path directory) {
        try {
            // of a process that is ended, another thread may still write here
            for (int left = ATTEMPTS; left > 0 && Files.exists(directory); left--) {
                removeOnce(directory);
            }
        } catch (IOException e) {
            // whoever empties the directory for temporary files will find it
        }
    }

    private static void removeOnce(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            // once more
        }
    }

    @Override
    public void close() {
        Path made = directory;
        Thread removal = hook;
        if (made == null || removal == null) {
            return;
        }
        remove(made);
        try {
            Runtime.getRuntime().removeShutdownHook(removal);
        } catch (IllegalStateException e) {
            // the process is being ended
        }
    }
}
