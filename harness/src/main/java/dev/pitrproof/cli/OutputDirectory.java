package dev.pitrproof.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where evidence and reports go. */
final class OutputDirectory {

    private OutputDirectory() {}

    /** Makes it, or says why it is none, before servers are started in vain. */
    static Optional<String> make(Path output) {
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
