package dev.pitrproof.restore;

import dev.pitrproof.sandbox.Overlay;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A base backup's files in the data directory of a cluster to restore; the backup is only read. What does not come along
 * is said by {@link BackupTree}. Tablespaces get directories of their own.
 *
 * <p>Closing it takes overlays away, and leaves copies where they are.
 */
final class DataDirectoryCopy implements Closeable {

    /** Makes an empty directory for the copy of a tablespace. */
    @FunctionalInterface
    interface TablespaceDirectories {
        Path create(String oid) throws IOException;
    }

    /** Lays an empty directory over one that is only read; empty where that cannot be done. */
    @FunctionalInterface
    interface Overlays {
        Optional<Overlay> lay(Path lower, Path directory) throws IOException;
    }

    /**
     * Below this, no overlay: a plain copy takes half a second for 700 MB from memory, and as the server opens every
     * table for writing that it reads, most of a small cluster would be copied later anyway.
     */
    static final long OVERLAY_BYTES_MIN = 1L << 30;

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

    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS_DIRECTORY =
            PosixFilePermissions.asFileAttribute(OWNERS);
    private static final Set<PosixFilePermission> OWNERS_FILE = PosixFilePermissions.fromString("rw-------");

    private final TablespaceDirectories tablespaces;
    private final Overlays overlays;
    private final List<Path> directories = new ArrayList<>();
    private final List<Overlay> laid = new ArrayList<>();
    private CopyMethod method = CopyMethod.REFLINK;

    private DataDirectoryCopy(TablespaceDirectories tablespaces, Overlays overlays) {
        this.tablespaces = tablespaces;
        this.overlays = overlays;
    }

    /** Brings {@code backup} into {@code dataDirectory}, which exists and is empty, and asks for archive recovery. */
    static DataDirectoryCopy make(Path backup, Path dataDirectory, TablespaceDirectories tablespaces, Overlays overlays)
            throws IOException {
        DataDirectoryCopy copy = new DataDirectoryCopy(tablespaces, overlays);
        try {
            copy.fill(dataDirectory, BackupTree.of(backup));
            for (String directory : NEEDED) {
                Files.createDirectories(dataDirectory.resolve(directory), OWNERS_DIRECTORY);
            }
            Files.createFile(dataDirectory.resolve("recovery.signal"));
            return copy;
        } catch (IOException | RuntimeException e) {
            copy.closeAfter(e);
            throw e;
        }
    }

    /**
     * Brings all of a data directory into another one, to be started as it stands; {@code pg_wal} may be a link there.
     *
     * @param restored a server has recovered it, and was stopped
     */
    static DataDirectoryCopy makeWhole(
            Path restored, Path dataDirectory, TablespaceDirectories tablespaces, Overlays overlays)
            throws IOException {
        DataDirectoryCopy copy = new DataDirectoryCopy(tablespaces, overlays);
        try {
            copy.fill(dataDirectory, BackupTree.withWal(restored));
            for (String directory : NEEDED) {
                Files.createDirectories(dataDirectory.resolve(directory), OWNERS_DIRECTORY);
            }
            Path wal = restored.resolve("pg_wal");
            if (Files.isSymbolicLink(wal)) {
                try (Stream<Path> files = Files.list(wal.toRealPath())) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        Files.copy(file, dataDirectory.resolve("pg_wal").resolve(String.valueOf(file.getFileName())));
                    }
                }
            }
            return copy;
        } catch (IOException | RuntimeException e) {
            copy.closeAfter(e);
            throw e;
        }
    }

    /** The directories that were filled: the data directory and those of tablespaces. */
    List<Path> directories() {
        return List.copyOf(directories);
    }

    /** How the files came here; where directories differ, the one that promises least. */
    CopyMethod method() {
        return method;
    }

    private void fill(Path to, BackupTree tree) throws IOException {
        directories.add(to);
        CopyMethod used = bring(tree, to);
        if (tree.bytes() > 0 && used.compareTo(method) > 0) {
            method = used;
        }
        for (Path link : tree.tablespaces()) {
            Path copy = tablespaces.create(String.valueOf(link.getFileName()));
            fill(copy, BackupTree.of(link));
            Files.createSymbolicLink(target(tree, link, to), copy.toAbsolutePath());
        }
    }

    private CopyMethod bring(BackupTree tree, Path to) throws IOException {
        if (Reflink.works(tree, to)) {
            if (reflink(tree, to)) {
                return CopyMethod.REFLINK;
            }
            // a file that is not to be shared, or no space: a plain copy succeeds, or says why not
        } else if (tree.bytes() >= OVERLAY_BYTES_MIN && overlay(tree, to)) {
            return CopyMethod.OVERLAY;
        }
        copyPlainly(tree, to);
        return CopyMethod.PLAIN;
    }

    private static boolean reflink(BackupTree tree, Path to) throws IOException {
        createDirectories(tree, to);
        for (Map.Entry<Path, List<Path>> directory : tree.files().entrySet()) {
            if (!Reflink.copy(directory.getValue(), target(tree, directory.getKey(), to))) {
                return false;
            }
        }
        setModes(tree, to);
        return true;
    }

    private boolean overlay(BackupTree tree, Path to) throws IOException {
        Optional<Overlay> overlay = overlays.lay(tree.root(), to);
        if (overlay.isEmpty()) {
            return false;
        }
        laid.add(overlay.get());
        for (Path file : tree.leftOut()) {
            Files.delete(target(tree, file, to));
        }
        setModes(tree, to);
        return true;
    }

    private static void copyPlainly(BackupTree tree, Path to) throws IOException {
        createDirectories(tree, to);
        for (List<Path> files : tree.files().values()) {
            for (Path file : files) {
                Files.copy(file, target(tree, file, to), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        setModes(tree, to);
    }

    private static void createDirectories(BackupTree tree, Path to) throws IOException {
        for (Path directory : tree.files().keySet()) {
            try {
                Files.createDirectory(target(tree, directory, to), OWNERS_DIRECTORY);
            } catch (FileAlreadyExistsException e) {
                // the data directory itself
            }
        }
    }

    /** A backup that is kept read-only must not make a server that cannot write. */
    private static void setModes(BackupTree tree, Path to) throws IOException {
        for (Map.Entry<Path, List<Path>> directory : tree.files().entrySet()) {
            setMode(target(tree, directory.getKey(), to), OWNERS);
            for (Path file : directory.getValue()) {
                setMode(target(tree, file, to), OWNERS_FILE);
            }
        }
    }

    private static void setMode(Path path, Set<PosixFilePermission> mode) throws IOException {
        if (!Files.getPosixFilePermissions(path).equals(mode)) {
            Files.setPosixFilePermissions(path, mode);
        }
    }

    private static Path target(BackupTree tree, Path file, Path to) {
        return to.resolve(tree.root().relativize(file).toString());
    }

    /** Closes it for a failure, which is what counts. */
    void closeAfter(Exception failure) {
        try {
            close();
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    @Override
    public void close() throws IOException {
        for (Overlay overlay : laid) {
            overlay.close();
        }
    }
}
