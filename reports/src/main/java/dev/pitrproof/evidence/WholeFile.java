package dev.pitrproof.evidence;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that appears whole or not at all, whoever reads it and whenever. */
public final class WholeFile {

    private WholeFile() {}

    /**
     * Writes the file through a temporary one beside it, hidden and ending in {@code .tmp}, and replaces what was
     * there; the directory must exist.
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("\"" + file + "\" is not a file name");
        }
        // not createTempFile: its 0600 would outlive the rename and hide the file from the people it is for
        Path temporary = directory.resolve(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.write(temporary, content);
            // a rename may reach the disk before the bytes do
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Writes text as UTF-8; half a surrogate pair, which JSON can carry and UTF-8 cannot, becomes a question mark. */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
