package dev.pitrproof.restore;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A directory of a backup, or of one of its tablespaces: what of it belongs into a data directory that is restored.
 *
 * <p>Left out is what must not come from the backup: WAL, which recovery is to take from the archive that is being
 * proved, and the signal files that would make it something else than an archive recovery. Tablespaces are told apart,
 * for through the backup's links recovery would write into the backup; other symbolic links are left out, as in a base
 * backup that PostgreSQL takes.
 */
final class BackupTree {

    private static final Path WAL = Path.of("pg_wal");
    private static final Path TABLESPACES = Path.of("pg_tblspc");

    private final Path root;
    private final boolean hasWal;
    private final Map<Path, List<Path>> files = new LinkedHashMap<>();
    private final List<Path> leftOut = new ArrayList<>();
    private final List<Path> tablespaces = new ArrayList<>();
    private long bytes;

    private BackupTree(Path root, boolean hasWal) {
        this.root = root;
        this.hasWal = hasWal;
    }

    /** Looks at every file of a directory, and reads none. */
    static BackupTree of(Path directory) throws IOException {
        return of(directory, false);
    }

    /** The same for a data directory whose recovery is over: the WAL that is in it is its own. */
    static BackupTree withWal(Path directory) throws IOException {
        return of(directory, true);
    }

    private static BackupTree of(Path directory, boolean hasWal) throws IOException {
        BackupTree tree = new BackupTree(directory.toRealPath(), hasWal);
        Files.walkFileTree(tree.root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                tree.files.put(directory, new ArrayList<>());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                tree.add(file, attributes);
                return FileVisitResult.CONTINUE;
            }
        });
        return tree;
    }

    private void add(Path file, BasicFileAttributes attributes) {
        Path relative = root.relativize(file);
        if (attributes.isRegularFile() && !isLeftOut(relative)) {
            files.getOrDefault(file.getParent(), List.of()).add(file);
            bytes += attributes.size();
            return;
        }
        leftOut.add(file);
        if (attributes.isSymbolicLink() && TABLESPACES.equals(relative.getParent())) {
            tablespaces.add(file);
        }
    }

    /** The directory, without links. */
    Path root() {
        return root;
    }

    /** Each directory, from the root down, and the files in it that belong into the copy. */
    Map<Path, List<Path>> files() {
        return files;
    }

    /** What is neither a directory nor belongs into the copy; the links to tablespaces are among it. */
    List<Path> leftOut() {
        return leftOut;
    }

    /** The links to tablespaces. */
    List<Path> tablespaces() {
        return tablespaces;
    }

    /** The size of all that belongs into the copy, without tablespaces. */
    long bytes() {
        return bytes;
    }

    private boolean isLeftOut(Path relative) {
        return (relative.startsWith(WAL) && !hasWal)
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
