package dev.pitrproof.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Files as container engines take and give them: in tar archives. */
final class TarFiles {

    private TarFiles() {}

    /**
     * Writes directories with all that is in them, under their full paths.
     *
     * @param mountPoints of whose content nothing is written unless they are among the directories themselves
     * @param owner number and group of whom everything belongs to
     */
    static void pack(Collection<Path> directories, Collection<Path> mountPoints, String owner, OutputStream to)
            throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(to)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            String[] numbers = owner.split(":", 2);
            for (Path directory : directories) {
                Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                            throws IOException {
                        put(path, TarConstants.LF_DIR);
                        return !path.equals(directory) && mountPoints.contains(path)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                        if (attributes.isSymbolicLink()) {
                            put(path, TarConstants.LF_SYMLINK);
                        } else if (attributes.isRegularFile()) {
                            put(path, TarConstants.LF_NORMAL);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    private void put(Path path, byte type) throws IOException {
                        String name = path.toString().substring(1) + (type == TarConstants.LF_DIR ? "/" : "");
                        TarArchiveEntry entry = new TarArchiveEntry(name, type);
                        entry.setUserId(Long.parseLong(numbers[0]));
                        entry.setGroupId(Long.parseLong(numbers[1]));
                        entry.setModTime(Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS));
                        if (type == TarConstants.LF_SYMLINK) {
                            entry.setLinkName(Files.readSymbolicLink(path).toString());
                        } else {
                            entry.setMode(mode(path));
                        }
                        if (type == TarConstants.LF_NORMAL) {
                            entry.setSize(Files.size(path));
                        }
                        tar.putArchiveEntry(entry);
                        if (type == TarConstants.LF_NORMAL) {
                            Files.copy(path, tar);
                        }
                        tar.closeArchiveEntry();
                    }
                });
            }
        }
    }

    private static int mode(Path path) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        int mode = 0;
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            mode = (mode << 1) | (permissions.contains(permission) ? 1 : 0);
        }
        return mode;
    }

    /**
     * Writes what an archive of one file or directory holds. Nothing is ever written outside of it, nor through a link,
     * whatever the archive says.
     *
     * @param target where it belongs; its last name is the first one of all names in the archive
     * @param user who gets the files
     */
    static void unpack(InputStream archive, Path target, ServerUser user) throws IOException {
        Path parent = Objects.requireNonNull(target.getParent());
        Set<Path> directories = new HashSet<>(Set.of(parent));
        TarArchiveInputStream tar = new TarArchiveInputStream(archive);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = parent.resolve(entry.getName()).normalize();
            if (!path.startsWith(target) || !directories.contains(path.getParent())) {
                throw SandboxException.environment(
                        "the container engine sent \"" + entry.getName() + "\" for " + target,
                        "use another engine, or --sandbox=process");
            }
            if (entry.isDirectory()) {
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(path);
                }
                Files.setPosixFilePermissions(path, permissions(entry.getMode()));
                directories.add(path);
                user.own(path);
            } else if (entry.isSymbolicLink()) {
                Files.deleteIfExists(path);
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                user.own(path);
            } else if (entry.isFile()) {
                write(tar, entry, path, user);
            }
        }
    }

    /** Under another name first: nobody may see half a file. */
    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path path, ServerUser user)
            throws IOException {
        Path unfinished = path.resolveSibling("." + path.getFileName() + ".fetched");
        try {
            long written = Files.copy(tar, unfinished, StandardCopyOption.REPLACE_EXISTING);
            if (written != entry.getSize()) {
                throw new IOException(path + " came short of " + (entry.getSize() - written) + " bytes");
            }
            Files.setPosixFilePermissions(unfinished, permissions(entry.getMode()));
            Files.setLastModifiedTime(
                    unfinished, FileTime.from(entry.getLastModifiedTime().toInstant()));
            user.own(unfinished);
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] all = PosixFilePermission.values();
        Set<PosixFilePermission> permissions = new HashSet<>();
        for (int bit = 0; bit < all.length; bit++) {
            if ((mode & 1 << (all.length - 1 - bit)) != 0) {
                permissions.add(all[bit]);
            }
        }
        return permissions;
    }
}
