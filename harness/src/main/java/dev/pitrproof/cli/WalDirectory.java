package dev.pitrproof.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory for WAL out of a tar file while it is read. It goes when closed, and also when the process is ended. */
final class WalDirectory implements AutoCloseable {

    /** What its name begins with: whoever finds one can tell which process has forgotten it. */
    static final String PREFIX = "pitrproof-wal-" + ProcessHandle.current().pid() + "-";

    private @Nullable Path directory;
    private @Nullable Thread hook;

    /** The directory, which is made when it is first asked for. */
    Path create() throws IOException {
        Path known = directory;
        if (known != null) {
            return known;
        }
        Path made = Files.createTempDirectory(PREFIX);
        Thread removal = new Thread(() -> remove(made), "remove-wal");
        Runtime.getRuntime().addShutdownHook(removal);
        directory = made;
        hook = removal;
        return made;
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // whoever empties the directory for temporary files will find it
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
