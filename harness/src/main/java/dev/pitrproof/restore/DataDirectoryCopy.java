package dev.pitrproof.restore;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Copies a base backup into the data directory of a cluster to restore; the backup is only read.
 *
 * <p>Leaves out what must not come from the backup: WAL, which recovery is to take from the archive that is being
 * proved, and the signal files that would make it something else than an archive recovery. Tablespaces are copied too,
 * for through the backup's links recovery would write into the backup; other symbolic links are left out, as in a base
 * backup that PostgreSQL takes.
 */
final class DataDirectoryCopy extends SimpleFileVisitor<Path> {

    /** Makes an empty directory for the copy of a tablespace. */
    @FunctionalInterface
    interface TablespaceDirectories {
        Path create(String oid) throws IOException;
    }

    private static final Path WAL = Path.of("pg_wal");
    private static final Path TABLESPACES = Path.of("pg_tblspc");

    /** A server does not start, or fails later, without these, which many a tool leaves out when they are empty. */
    private static final List<String> NEEDED = List.of(
            "pg_wal/archive_status",
            "pg_commit_ts",
            "pg_dynshmem",
            "pg_logical/mappings",
            "pg_logical/snapshots",
            "pg_notify",
            "pg_replslot",
            "pg_serial",
            "pg_snapshots",
            "pg_stat",
            "pg_stat_tmp",
            "pg_subtrans",
            "pg_tblspc",
            "pg_twophase");

    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<PosixFilePermission> OWNERS_FILE = PosixFilePermissions.fromString("rw-------");

    private final Path from;
    private final Path to;
    private final TablespaceDirectories tablespaces;
    private final List<Path> made = new ArrayList<>();

    private DataDirectoryCopy(Path from, Path to, TablespaceDirectories tablespaces) {
        this.from = from;
        this.to = to;
        this.tablespaces = tablespaces;
    }

    /**
     * Copies {@code backup} into {@code dataDirectory}, which exists and is empty, and asks for archive recovery.
     *
     * @return the directories that were filled: {@code dataDirectory} and those of tablespaces
     */
    static List<Path> make(Path backup, Path dataDirectory, TablespaceDirectories tablespaces) throws IOException {
        DataDirectoryCopy copy = new DataDirectoryCopy(backup, dataDirectory, tablespaces);
        copy.made.add(dataDirectory);
        Files.walkFileTree(backup, copy);
        for (String directory : NEEDED) {
            Files.createDirectories(dataDirectory.resolve(directory), OWNERS_DIRECTORY);
        }
        Files.createFile(dataDirectory.resolve("recovery.signal"));
        return List.copyOf(copy.made);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        if (!directory.equals(from)) {
            Files.createDirectory(target(directory), OWNERS_DIRECTORY);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Path relative = from.relativize(file);
        if (attributes.isSymbolicLink()) {
            if (TABLESPACES.equals(relative.getParent())) {
                copyTablespace(file);
            }
        } else if (attributes.isRegularFile() && !isLeftOut(relative)) {
            // a backup that is kept read-only must not make a server that cannot write
            Files.setPosixFilePermissions(Files.copy(file, target(file)), OWNERS_FILE);
        }
        return FileVisitResult.CONTINUE;
    }

    private void copyTablespace(Path link) throws IOException {
        Path original = link.toRealPath();
        Path copy = tablespaces.create(String.valueOf(link.getFileName()));
        made.add(copy);
        Files.walkFileTree(original, new DataDirectoryCopy(original, copy, tablespaces));
        Files.createSymbolicLink(target(link), copy.toAbsolutePath());
    }

    private Path target(Path file) {
        return to.resolve(from.relativize(file).toString());
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
                            // the server would make links to where its tablespaces were
                            "tablespace_map",
                            "tablespace_map.old" -> true;
                    default -> false;
                };
    }
}
