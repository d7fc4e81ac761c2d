package dev.pitrproof.restore;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies of files that share their blocks until one of the two is written to. Java 17 has no call for it, so {@code cp}
 * of GNU coreutils makes them; a {@code cp} that cannot says so by its exit code.
 */
final class Reflink {

    private static final List<String> COPY =
            List.of("cp", "--reflink=always", "--no-preserve=mode,ownership,timestamps");

    /** A command line may have 2 MB (Linux), of which the environment is a part. */
    private static final int NAMES_BYTES_MAX = 100_000;

    private Reflink() {}

    /** Tried and not assumed, on one file of the backup; nothing stays of the trial. */
    static boolean works(BackupTree tree, Path directory) throws IOException {
        Optional<Path> any =
                tree.files().values().stream().flatMap(List::stream).findFirst();
        Path trial = directory.resolve(".reflink-trial");
        try {
            return any.isPresent() && copies(List.of("-T", "--", any.get().toString(), trial.toString()));
        } finally {
            Files.deleteIfExists(trial);
        }
    }

    /** Copies files, of different names, into a directory; false if some may not have been copied. */
    static boolean copy(List<Path> files, Path directory) throws IOException {
        List<String> into = List.of("-t", directory.toString(), "--");
        List<String> arguments = new ArrayList<>(into);
        int bytes = 0;
        for (Path file : files) {
            arguments.add(file.toString());
            bytes += file.toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > NAMES_BYTES_MAX) {
                if (!copies(arguments)) {
                    return false;
                }
                arguments = new ArrayList<>(into);
                bytes = 0;
            }
        }
        return bytes == 0 || copies(arguments);
    }

    private static boolean copies(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(COPY);
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return false; // there is no cp
        }
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the backup was copied", e);
        }
    }
}
