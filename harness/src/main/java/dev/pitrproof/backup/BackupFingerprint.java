package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a backup looks like on disk: its files, directories and links, with the tablespaces behind its links.
 *
 * <p>Whoever writes to a file, or changes its owner or mode, moves the time of its last change, which no program can set
 * back ({@code ctime}, inode(7)): that finds every write without reading a large backup twice for each restore. The
 * contents of smaller ones are compared too.
 *
 * @param files what there is to know of each without reading it, by its path in the backup
 * @param sha256 SHA-256 over the names and contents of all files; null for a backup of more than 1 GB
 */
public record BackupFingerprint(
        Map<String, Entry> files, @Nullable String sha256) {

    /** SHA-256 takes a second or two for as much. */
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
        return new BackupFingerprint(entries, bytes > CONTENT_BYTES_MAX ? null : sha256(contents));
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

    private static String sha256(Map<String, Path> contents) throws IOException {
        FileChecksum checksum = ChecksumAlgorithm.SHA256.begin();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        for (Map.Entry<String, Path> file : contents.entrySet()) {
            checksum.update(ByteBuffer.wrap((file.getKey() + "\0").getBytes(StandardCharsets.UTF_8)));
            try (FileChannel in = FileChannel.open(file.getValue())) {
                while (in.read(buffer.clear()) >= 0) {
                    checksum.update(buffer.flip());
                }
            } catch (NoSuchFileException e) {
                checksum.update(ByteBuffer.wrap(new byte[1])); // gone since it was listed
            }
        }
        return checksum.finish();
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
        return directory.isPresent() || Objects.equals(sha256, now.sha256)
                ? directory
                : Optional.of("a file's content is another, though its size and times are not");
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
