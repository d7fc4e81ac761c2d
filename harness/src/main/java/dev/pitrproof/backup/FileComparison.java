package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Compares one file after the other with what the manifest says of it. For one thread, whose buffer it is. */
final class FileComparison {

    private static final int BUFFER_BYTES = 1 << 18;

    private final Path directory;
    private final LongConsumer read;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Map<ChecksumAlgorithm, FileChecksum> checksums = new EnumMap<>(ChecksumAlgorithm.class);

    /**
     * Assigns only.
     *
     * @param directory the data directory
     * @param read is told of bytes as they are read
     */
    FileComparison(Path directory, LongConsumer read) {
        this.directory = directory;
        this.read = read;
    }

    /**
     * The difference, if there is one.
     *
     * @throws IOException if the file is there but cannot be read
     */
    Optional<Mismatch> compare(BackupManifest.FileEntry entry) throws IOException {
        Optional<Path> file = locate(entry.path());
        if (file.isEmpty()) {
            return missing(entry);
        }
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file.get(), BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return missing(entry);
        } catch (FileSystemException e) {
            Path parent = file.get().getParent();
            if (parent != null && Files.isRegularFile(parent)) {
                return missing(entry);
            }
            throw e;
        }
        if (attributes.isDirectory()) {
            return missing(entry);
        }
        if (!attributes.isRegularFile()) {
            return Optional.of(new Mismatch(Mismatch.Kind.NOT_A_FILE, entry.path(), entry.size() + " bytes", ""));
        }
        if (attributes.size() != entry.size()) {
            return size(entry, attributes.size());
        }
        return entry.algorithm() == ChecksumAlgorithm.NONE ? Optional.empty() : content(file.get(), entry);
    }

    /** Empty for a path that leaves the backup, where nothing is looked at. */
    private Optional<Path> locate(String path) throws IOException {
        try {
            Path file = directory.resolve(path);
            return file.startsWith(directory) && file.normalize().equals(file) ? Optional.of(file) : Optional.empty();
        } catch (InvalidPathException e) {
            throw new IOException("file name \"" + path + "\" cannot be used here: " + e.getReason(), e);
        }
    }

    private Optional<Mismatch> content(Path file, BackupManifest.FileEntry entry) throws IOException {
        // one that has been interrupted by an error goes with it: the next file begins with a new one
        FileChecksum checksum =
                Optional.ofNullable(checksums.remove(entry.algorithm())).orElseGet(entry.algorithm()::begin);
        long length = 0;
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int count = in.read(buffer.clear()); count >= 0; count = in.read(buffer.clear())) {
                checksum.update(buffer.flip());
                length += count;
                read.accept(count);
            }
        }
        String found = checksum.finish();
        checksums.put(entry.algorithm(), checksum);
        if (length != entry.size()) {
            return size(entry, length);
        }
        return found.equalsIgnoreCase(entry.checksum())
                ? Optional.empty()
                : Optional.of(new Mismatch(
                        Mismatch.Kind.CHECKSUM,
                        entry.path(),
                        entry.algorithm() + " " + entry.checksum(),
                        entry.algorithm() + " " + found));
    }

    private static Optional<Mismatch> missing(BackupManifest.FileEntry entry) {
        return Optional.of(new Mismatch(Mismatch.Kind.MISSING, entry.path(), entry.size() + " bytes", ""));
    }

    private static Optional<Mismatch> size(BackupManifest.FileEntry entry, long found) {
        return Optional.of(
                new Mismatch(Mismatch.Kind.SIZE, entry.path(), Long.toString(entry.size()), Long.toString(found)));
    }
}
