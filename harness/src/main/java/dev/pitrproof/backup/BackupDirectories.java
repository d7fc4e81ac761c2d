package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The directories that a backup fills: the data directory, tablespaces, perhaps pg_wal elsewhere. Each must be empty or
 * absent. Unless the backup is {@linkplain #keep kept}, closing removes whatever came into them, and the directories
 * that were made.
 */
final class BackupDirectories implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /**
     * One of them.
     *
     * @param topmostMade the topmost directory that was made for it; null if it was there
     * @param before its mode, if it was there
     */
    private record Claimed(Path directory, @Nullable Path topmostMade, Set<PosixFilePermission> before) {}

    private final boolean clean;
    private final Deque<Claimed> claimed = new ArrayDeque<>();
    private final AtomicBoolean kept = new AtomicBoolean();

    /** Assigns only; see {@link #claim}. */
    BackupDirectories(boolean clean) {
        this.clean = clean;
    }

    /**
     * Makes the directory, for its owner alone, or finds it empty.
     *
     * @param hint what to do about it if it is not empty
     */
    void claim(Path directory, String hint) throws IOException {
        Path topmostMade = null;
        Set<PosixFilePermission> before = Set.of();
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            TargetDirectory.requireReadable(directory);
            requireEmpty(directory, hint);
            TargetDirectory.requireWritable(directory);
            before = Files.getPosixFilePermissions(directory);
        } else {
            topmostMade = topmostMissing(directory);
            TargetDirectory.make(directory, OWNER_ONLY);
        }
        claimed.push(new Claimed(directory, topmostMade, before));
    }

    /** A directory inside of a claimed one, for its owner alone. */
    static Path makeForOwner(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            Files.createDirectory(directory, OWNER_ONLY);
        }
        return directory;
    }

    private static void requireEmpty(Path directory, String hint) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            if (entries.iterator().hasNext()) {
                throw new UnusableDirectoryException(
                        "directory \"" + directory + "\" exists but is not empty\nHINT: " + hint);
            }
        } catch (NotDirectoryException e) {
            throw new UnusableDirectoryException("\"" + directory + "\" exists but is not a directory");
        }
    }

    private static Path topmostMissing(Path directory) {
        Path topmost = directory.toAbsolutePath();
        for (Path parent = topmost.getParent(); parent != null && !Files.exists(parent); parent = parent.getParent()) {
            topmost = parent;
        }
        return topmost;
    }

    /** The backup is complete: nothing is removed any more. */
    void keep() {
        kept.set(true);
    }

    @Override
    public void close() throws IOException {
        if (kept.get() || !clean) {
            return;
        }
        while (!claimed.isEmpty()) {
            Claimed last = claimed.pop();
            removeTree(last.directory(), last.topmostMade() != null);
            if (last.topmostMade() != null) {
                removeEmptyParents(last.directory().toAbsolutePath(), last.topmostMade());
            } else if (Files.isDirectory(last.directory())) {
                Files.setPosixFilePermissions(last.directory(), last.before());
            }
        }
    }

    private static void removeTree(Path root, boolean itself) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        // a claimed directory may be a symbolic link to a directory: its content is ours, what it holds as links is not
        Path start = root.toRealPath();
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (itself || !directory.equals(start)) {
                    Files.delete(directory);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void removeEmptyParents(Path directory, Path topmost) throws IOException {
        Path current = directory;
        while (!current.equals(topmost)) {
            current = current.getParent();
            if (current == null || !Files.exists(current)) {
                return;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(current)) {
                if (entries.iterator().hasNext()) {
                    return;
                }
            }
            Files.delete(current);
        }
    }
}
