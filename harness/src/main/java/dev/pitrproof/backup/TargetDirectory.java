package dev.pitrproof.backup;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What keeps a directory from getting a backup, apart from what it holds; each message says how to mend it. */
final class TargetDirectory {

    private TargetDirectory() {}

    /**
     * Fails unless this user may list the directory.
     *
     * @throws UnusableDirectoryException if it is no directory
     */
    static void requireReadable(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new UnusableDirectoryException("\"" + directory + "\" exists but is not a directory");
        }
        if (!Files.isReadable(directory)) {
            requireWritable(directory);
        }
    }

    /** Fails unless this user may list the directory, and write to it. */
    static void requireWritable(Path directory) throws IOException {
        if (!Files.isReadable(directory) || !Files.isWritable(directory) || !Files.isExecutable(directory)) {
            throw new IOException("directory \"" + directory + "\" cannot be written to: "
                    + (mayWrite(directory)
                            ? "its file system is read-only\nHINT: mount it read-write, or name another directory"
                            : "it belongs to " + Files.getOwner(directory) + ", with mode "
                                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))
                                    + "\nHINT: let the user " + user()
                                    + " read, write and enter it (chown, chmod u+rwx), or name another directory"));
        }
    }

    /** Whether modes are not what keeps us from writing. */
    private static boolean mayWrite(Path directory) throws IOException {
        return new UnixSystem().getUid() == 0
                || (isOwn(directory)
                        && Files.getPosixFilePermissions(directory)
                                .containsAll(PosixFilePermissions.fromString("rwx------")));
    }

    /** Fails if the directory, which is there, is of another user: a server starts only on one of its own. */
    static void requireOwn(Path directory) throws IOException {
        if (Files.isDirectory(directory) && !isOwn(directory)) {
            throw new IOException("directory \"" + directory + "\" belongs to " + Files.getOwner(directory)
                    + ", and its files would belong to " + user()
                    + ": no server starts on that\nHINT: run this as " + Files.getOwner(directory)
                    + ", change the directory's owner (chown), or name one that does not exist yet");
        }
    }

    private static boolean isOwn(Path directory) throws IOException {
        return ((Integer) Files.getAttribute(directory, "unix:uid")) == (int) new UnixSystem().getUid();
    }

    private static String user() {
        return System.getProperty("user.name");
    }

    /** Makes it, and the directories above that are missing. */
    static void make(Path directory, FileAttribute<Set<PosixFilePermission>> mode) throws IOException {
        try {
            Files.createDirectories(directory, mode);
        } catch (FileSystemException e) {
            Path parent = directory.toAbsolutePath().getParent();
            while (parent != null && !Files.exists(parent)) {
                parent = parent.getParent();
            }
            throw new IOException(
                    "could not make a directory in \"" + parent + "\": " + reason(e) + "\nHINT: let the user " + user()
                            + " write there, or name another directory",
                    e);
        }
    }

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }
}
