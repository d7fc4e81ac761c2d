package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a backup looks like on disk: its files, directories and links, with the tablespaces behind its links.
 *
 * <p>Whoever writes to a file, or changes its owner or mode, moves the time of its last change, which no program can set
 * back ({@code ctime}, inode(7)): that finds every write without reading a large backup twice for each restore. The
 * contents of smaller ones are compared too.
 *
 * @param files what there is to know of each without reading it, by its path in the backup
 * @param contents the CRC-32C of each file, by the same path: not for whoever forges one, but for what no time has told;
 *     null for a backup of more than 1 GB
 */
public record BackupFingerprint(
        Map<String, Entry> files, @Nullable Map<String, Integer> contents) {

    /** To read as much may take a disk seconds. */
    private static final long CONTENT_BYTES_MAX = 1L << 30;

    /**
     * A file, directory or link.
     *
     * @param directory whether it is one
     * @param size in bytes
     * @param modified when its content was last set, as far as it tells
     * @param changed when anything of it was changed, and which file it is
     */
    public record Entry(boolean directory, long size, String modified, String changed) {}

    public BackupFingerprint {
        files = Map.copyOf(files);
        contents = contents == null ? null : Map.copyOf(contents);
    }

    /** @param directory the backup's data directory */
    public static BackupFingerprint of(Path directory) throws IOException {
        return of(List.of(directory));
    }

    /** The same of several, whose files have the directory's number before their names if there is more than one. */
    public static BackupFingerprint of(List<Path> directories) throws IOException {
        TreeMap<String, Entry> entries = new TreeMap<>();
        TreeMap<String, Path> contents = new TreeMap<>();
        for (int i = 0; i < directories.size(); i++) {
            String prefix = directories.size() == 1 ? "" : (i + 1) + "/";
            look(directories.get(i).toRealPath(), prefix, entries, contents);
        }
        long bytes = 0;
        for (String name : contents.keySet()) {
            Entry entry = entries.get(name);
            bytes += entry == null ? 0 : entry.size();
        }
        return new BackupFingerprint(entries, bytes > CONTENT_BYTES_MAX ? null : checksums(contents));
    }

    private static void look(Path root, String prefix, Map<String, Entry> entries, Map<String, Path> contents)
            throws IOException {
        Path tablespaces = root.resolve("pg_tblspc");
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                entries.put(name(path), entry(path, attributes));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                entries.put(name(path), entry(path, attributes));
                if (attributes.isRegularFile()) {
                    contents.put(name(path), path);
                } else if (attributes.isSymbolicLink()
                        && tablespaces.equals(path.getParent())
                        && Files.isDirectory(path)) {
                    look(path.toRealPath(), name(path) + "/", entries, contents);
                }
                return FileVisitResult.CONTINUE;
            }

            private String name(Path path) {
                return prefix + (path.equals(root) ? "." : root.relativize(path));
            }
        });
    }

    private static Entry entry(Path path, BasicFileAttributes attributes) throws IOException {
        Map<String, Object> known =
                Files.readAttributes(path, "unix:ctime,dev,ino,mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
        return new Entry(
                attributes.isDirectory(),
                attributes.size(),
                String.valueOf(attributes.lastModifiedTime()),
                new TreeMap<>(known).toString());
    }

    private static Map<String, Integer> checksums(Map<String, Path> contents) throws IOException {
        Map<String, Integer> checksums = new HashMap<>();
        CRC32C checksum = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        for (Map.Entry<String, Path> file : contents.entrySet()) {
            checksum.reset();
            try (FileChannel in = FileChannel.open(file.getValue())) {
                while (in.read(buffer.clear()) >= 0) {
                    checksum.update(buffer.flip());
                }
                checksums.put(file.getKey(), (int) checksum.getValue());
            } catch (NoSuchFileException e) {
                // gone since it was listed, and missing here
            }
        }
        return checksums;
    }

    /** What is different now, in words; empty if nothing is. */
    public Optional<String> changedTo(BackupFingerprint now) {
        TreeSet<String> names = new TreeSet<>(files.keySet());
        names.addAll(now.files.keySet());
        Optional<String> directory = Optional.empty();
        for (String name : names) {
            Optional<String> change = change(name, files.get(name), now.files.get(name));
            if (change.isPresent() && !now.isDirectory(name)) {
                return change;
            }
            // what has changed in a directory says more than the directory
            directory = directory.isPresent() ? directory : change;
        }
        return directory.isPresent() ? directory : changedContent(now);
    }

    private Optional<String> changedContent(BackupFingerprint now) {
        if (contents == null || now.contents == null) {
            return Optional.empty();
        }
        for (String name : new TreeSet<>(contents.keySet())) {
            if (!Objects.equals(contents.get(name), now.contents.get(name))) {
                return Optional.of(name + " has another content, though its size and times are the same");
            }
        }
        return Optional.empty();
    }

    private boolean isDirectory(String name) {
        Entry entry = files.get(name);
        return entry != null && entry.directory();
    }

    private static Optional<String> change(String name, @Nullable Entry was, @Nullable Entry is) {
        if (was == null) {
            return Optional.of(name + " is new");
        }
        if (is == null) {
            return Optional.of(name + " is gone");
        }
        if (was.equals(is)) {
            return Optional.empty();
        }
        if (is.directory() || (was.size() == is.size() && was.modified().equals(is.modified()))) {
            return Optional.of(name + " was changed, as the time of its last change, its owner or its mode tells");
        }
        return Optional.of(name + " was " + was.size() + " bytes of " + was.modified() + " and is " + is.size()
                + " bytes of " + is.modified());
    }
}
