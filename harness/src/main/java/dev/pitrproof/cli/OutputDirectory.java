package dev.pitrproof.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where evidence and reports go. */
final class OutputDirectory {

    private OutputDirectory() {}

    /** Makes it, or says why it is none, before servers are started in vain; whether it is there. */
    static boolean make(Path output, PrintWriter err) {
        Optional<String> unwritable = make(output);
        if (unwritable.isPresent()) {
            err.println("pitrproof: error: cannot write to the output directory " + output + ": " + unwritable.get());
            err.println("HINT: name a directory of your own by --output=DIR");
        }
        return unwritable.isEmpty();
    }

    private static Optional<String> make(Path output) {
        try {
            Files.createDirectories(output);
            return Files.isWritable(output) ? Optional.empty() : Optional.of("permission denied");
        } catch (FileAlreadyExistsException e) {
            return Optional.of("it is a file");
        } catch (AccessDeniedException e) {
            return Optional.of("permission denied");
        } catch (FileSystemException e) {
            return Optional.of(e.getReason() == null ? "it cannot be made" : e.getReason());
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
