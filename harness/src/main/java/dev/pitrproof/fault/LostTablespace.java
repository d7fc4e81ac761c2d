package dev.pitrproof.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A tablespace whose files are gone, while its place is still there: a disk that died and was replaced, a volume that is
 * not mounted.
 */
public record LostTablespace(Path directory) {

    /** Deletes all that is in the directory. */
    public void strike() throws IOException {
        try (Stream<Path> content = Files.walk(directory)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(directory)) {
                    Files.delete(path);
                }
            }
        }
    }
}
