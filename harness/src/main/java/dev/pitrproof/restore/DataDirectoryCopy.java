package dev.pitrproof.restore;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Copies a base backup into the data directory of a cluster to restore; the backup is only read.
 *
 * <p>Leaves out what must not come from the backup: WAL, which recovery is to take from the archive that is being
 * proved, and the signal files that would make it something else than an archive recovery.
 */
final class DataDirectoryCopy extends SimpleFileVisitor<Path> {

    private static final Path WAL = Path.of("pg_wal");

    private final Path from;
    private final Path to;

    private DataDirectoryCopy(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    /** Copies {@code backup} into {@code dataDirectory}, which exists and is empty, and asks for archive recovery. */
    static void make(Path backup, Path dataDirectory) throws IOException {
        Files.walkFileTree(backup, new DataDirectoryCopy(backup, dataDirectory));
        Files.createFile(dataDirectory.resolve("recovery.signal"));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        Path target = to.resolve(from.relativize(directory).toString());
        if (!directory.equals(from)) {
            Files.createDirectory(
                    target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Path relative = from.relativize(file);
        if (!isLeftOut(relative)) {
            Files.copy(
                    file,
                    to.resolve(relative.toString()),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    LinkOption.NOFOLLOW_LINKS);
        }
        return FileVisitResult.CONTINUE;
    }

    private static boolean isLeftOut(Path relative) {
        return relative.startsWith(WAL)
                || switch (relative.toString()) {
                    case "standby.signal",
                            "recovery.signal",
                            "postmaster.pid",
                            "postmaster.opts",
                            "postgresql.auto.conf",
                            "backup_label.old",
                            "tablespace_map.old" -> true;
                    default -> false;
                };
    }
}
