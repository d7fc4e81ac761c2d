package dev.pitrproof.replication;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.CompressionLevel;
import dev.pitrproof.compression.UnclosedStream;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A WAL segment while it is received: {@code <segment>.partial}, of full size from the beginning, zeros where nothing
 * has arrived yet. When it is full it is made durable and only then gets its final name, as pg_receivewal does it.
 */
final class SegmentFile implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    /** One for all: direct memory that each segment allocates anew is returned late. */
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20);

    private final SegmentName name;
    private final Path directory;
    private final FileChannel channel;
    private final boolean sync;

    private SegmentFile(SegmentName name, Path directory, FileChannel channel, boolean sync) {
        this.name = name;
        this.directory = directory;
        this.channel = channel;
        this.sync = sync;
    }

    /** Opens the segment's partial file, which may be there from an earlier run, and fills it up with zeros. */
    static SegmentFile open(Path directory, SegmentName name, boolean sync) throws IOException {
        Path file = partial(directory, name);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
        } catch (IOException e) {
            throw couldNotWrite(file, e);
        }
        try {
            ByteBuffer zeros = ZEROS.duplicate();
            for (long at = channel.size(); at < name.segmentSize(); ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), name.segmentSize() - at));
                at += channel.write(zeros, at);
            }
            SegmentFile opened = new SegmentFile(name, directory, channel, sync);
            opened.flush();
            // what is acknowledged must be found again, too
            syncDirectory(directory, sync);
            return opened;
        } catch (IOException e) {
            channel.close();
            throw couldNotWrite(file, e);
        }
    }

    /** "No space left on device" alone does not say on which. */
    static IOException couldNotWrite(Path file, IOException e) {
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        if (e instanceof AccessDeniedException) {
            reason = "permission denied";
        }
        return new IOException("could not write \"" + file + "\": " + (reason == null ? e.toString() : reason), e);
    }

    private static Path partial(Path directory, SegmentName name) {
        return directory.resolve(name.fileName() + ".partial");
    }

    /** What the file is called while it is not complete. */
    String partialName() {
        return String.valueOf(partial(directory, name).getFileName());
    }

    /** The position behind the segment's last byte. */
    Lsn end() {
        return name.end();
    }

    SegmentName name() {
        return name;
    }

    /** Writes what remains in {@code data}, which must not reach beyond the segment. */
    void write(Lsn at, ByteBuffer data) throws IOException {
        long offset = at.minus(name.start());
        try {
            while (data.hasRemaining()) {
                offset += channel.write(data, offset);
            }
        } catch (IOException e) {
            throw couldNotWrite(partial(directory, name), e);
        }
    }

    void flush() throws IOException {
        if (sync) {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw couldNotWrite(partial(directory, name), e);
            }
        }
    }

    /** Makes the segment durable, compressed or as it is, and gives it its final name, which it returns. */
    String complete(CompressionLevel compression) throws IOException {
        flush();
        channel.close();
        Path partial = partial(directory, name);
        String whole = name.fileName() + compression.method().suffix();
        if (compression.method() == Compression.NONE) {
            move(partial, directory.resolve(whole));
        } else {
            Path temporary = directory.resolve(whole + ".tmp");
            compress(partial, temporary, compression);
            move(temporary, directory.resolve(whole));
            Files.delete(partial);
        }
        syncDirectory(directory, sync);
        return whole;
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void compress(Path from, Path to, CompressionLevel compression) throws IOException {
        Files.deleteIfExists(to); // of a run that was cut off
        try (FileChannel file =
                FileChannel.open(to, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            OutputStream compressed = compression.open(new UnclosedStream(Channels.newOutputStream(file)));
            try (compressed) {
                Files.copy(from, compressed);
            }
            if (sync) {
                file.force(false);
            }
        } catch (IOException e) {
            // half a file only takes space; the segment itself is still there
            Files.deleteIfExists(to);
            throw couldNotWrite(to, e);
        }
    }

    /** Makes names in a directory durable, or does nothing when that is not asked for. */
    static void syncDirectory(Path directory, boolean sync) throws IOException {
        if (sync) {
            try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
                opened.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
