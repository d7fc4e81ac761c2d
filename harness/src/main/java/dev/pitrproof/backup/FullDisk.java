package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A disk without a free block that everybody may write to: {@code /dev/full}, full(4). The kernel answers each write to it
 * as it does on a real disk that is full, with ENOSPC.
 */
public final class FullDisk {

    private static final Path DEVICE = Path.of("/dev/full");

    private FullDisk() {}

    /** Whether this machine has one. */
    public static boolean isHere() {
        return Files.isWritable(DEVICE);
    }

    /** What comes of writing to a place on such a disk. */
    static IOException writing(Path place) {
        try (FileChannel device = FileChannel.open(DEVICE, StandardOpenOption.WRITE)) {
            device.write(ByteBuffer.allocate(1));
            return new IOException("could not write \"" + place + "\": " + DEVICE + " is no full disk");
        } catch (IOException e) {
            String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
            return new IOException("could not write \"" + place + "\": " + reason, e);
        }
    }
}
