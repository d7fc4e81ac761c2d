package dev.pitrproof.archive;

import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.SegmentSource;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A WAL archive that is a plain directory of segments and history files, as {@code archive_command = 'cp …'} makes it.
 * A {@code pg_wal} directory can be read too.
 *
 * <p>Looks at names afresh at every call, for an archive grows. Never writes. Files with other names, such as
 * {@code .partial}, {@code .backup} or compressed segments, are not seen. Safe for several threads.
 */
public final class DirectoryArchive implements SegmentSource, AutoCloseable {

    private final Path directory;
    private final SegmentHeader header;

    private @Nullable SegmentName openSegment;
    private @Nullable FileChannel openChannel;

    private DirectoryArchive(Path directory, SegmentHeader header) {
        this.directory = directory;
        this.header = header;
    }

    /**
     * Opens a directory; the first segment with a readable header tells segment size, cluster and version.
     *
     * @throws ArchiveException if it is no directory, or holds no segments, or none with a readable header
     */
    public static DirectoryArchive open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new ArchiveException(
                    ArchiveException.Kind.NO_DIRECTORY,
                    "\"" + directory + "\" is not a directory",
                    "name the directory that archive_command writes to, or a pg_wal directory");
        }
        List<String> names = segmentFileNames(directory);
        if (names.isEmpty()) {
            throw new ArchiveException(
                    ArchiveException.Kind.NO_SEGMENTS,
                    "directory \"" + directory + "\" holds no WAL segments",
                    "WAL segments have names of 24 hexadecimal digits, like 000000010000000000000001;"
                            + " compressed ones must be unpacked first");
        }
        for (String name : names) {
            Optional<SegmentHeader> header = SegmentHeader.read(directory.resolve(name));
            if (header.isPresent()) {
                return new DirectoryArchive(directory, header.get());
            }
        }
        throw new ArchiveException(
                ArchiveException.Kind.DAMAGED,
                "none of the " + names.size() + " segments in \"" + directory
                        + "\" begins with a WAL page header of PostgreSQL 13 to 18",
                "the files are damaged, compressed under the name of a segment, or of another version");
    }

    /** The names of WAL segments, by position and then by timeline. */
    private static List<String> segmentFileNames(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(SegmentName::isSegment)
                    .sorted((a, b) -> (a.substring(8) + a).compareTo(b.substring(8) + b))
                    .toList();
        }
    }

    /** The same archive, read through files of its own: what one thread has open is not closed by another. */
    DirectoryArchive forAnotherThread() {
        return new DirectoryArchive(directory, header);
    }

    public Path directory() {
        return directory;
    }

    /** Bytes per segment. */
    public int segmentSize() {
        return header.segmentSize();
    }

    /** The cluster's number, unsigned, as the first readable segment tells it. */
    public long systemIdentifier() {
        return header.systemIdentifier();
    }

    /** The major version that wrote the first readable segment. */
    public int walMajor() {
        return header.version().major();
    }

    /**
     * All segments, by position, then by timeline.
     *
     * @throws ArchiveException if a name is impossible for this archive's segment size
     */
    public List<SegmentName> segments() throws IOException {
        try {
            return segmentFileNames(directory).stream()
                    .map(name -> SegmentName.parse(name, segmentSize()))
                    .sorted()
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new ArchiveException(
                    ArchiveException.Kind.DAMAGED,
                    String.valueOf(e.getMessage()),
                    "segments of two clusters seem to be in one directory");
        }
    }

    /**
     * Where a timeline came from; timeline 1 comes from nowhere and has no file.
     *
     * @return empty if the archive has no history file for it
     * @throws ArchiveException if the file cannot be understood
     */
    public Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
        if (timeline.equals(TimelineId.FIRST)) {
            return Optional.of(TimelineHistory.of(TimelineId.FIRST));
        }
        try {
            String text = Files.readString(directory.resolve(timeline.historyFileName()));
            return Optional.of(TimelineHistory.parse(timeline, text));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
            throw new ArchiveException(
                    ArchiveException.Kind.DAMAGED,
                    "cannot understand \"" + directory.resolve(timeline.historyFileName()) + "\": " + e.getMessage(),
                    "restore the history file from another copy of the archive");
        }
    }

    /** The timelines of which there is a segment or a history file, in ascending order. */
    public List<TimelineId> timelines() throws IOException {
        TreeSet<TimelineId> timelines = new TreeSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> SegmentName.isSegment(name) || name.matches("[0-9A-F]{8}\\.history"))
                    .map(name -> Integer.parseUnsignedInt(name, 0, 8, 16))
                    .filter(number -> number != 0)
                    .forEach(number -> timelines.add(new TimelineId(number)));
        }
        return List.copyOf(timelines);
    }

    @Override
    public boolean has(SegmentName segment) {
        return Files.isRegularFile(directory.resolve(segment.fileName()));
    }

    @Override
    public synchronized int read(SegmentName segment, long offset, ByteBuffer into) throws IOException {
        FileChannel channel = openChannel;
        if (channel == null || !segment.equals(openSegment)) {
            close();
            try {
                channel = FileChannel.open(directory.resolve(segment.fileName()), StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                return -1;
            }
            openChannel = channel;
            openSegment = segment;
        }
        return channel.read(into, offset);
    }

    /** Closes the segment that was read last; reading on opens it again. */
    @Override
    public synchronized void close() throws IOException {
        FileChannel channel = openChannel;
        openChannel = null;
        openSegment = null;
        if (channel != null) {
            channel.close();
        }
    }
}
