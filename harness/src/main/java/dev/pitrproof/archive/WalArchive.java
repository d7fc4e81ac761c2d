package dev.pitrproof.archive;

import dev.pitrproof.compression.DecodingStream;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A WAL archive: segments and history files, as {@code archive_command = 'cp …'} or pg_receivewal keeps them. A
 * {@code pg_wal} directory can be read too.
 *
 * <p>Files may be compressed: {@code .gz}, {@code .zst}, {@code .lz4}. Where a segment is there twice, the plain file is
 * read. Where only a {@code .partial} one is there, that is read, with zeros to the end of the segment; PostgreSQL itself
 * never asks for it. What cannot be decompressed to its end is a segment that is too short.
 *
 * <p>Looks at names afresh at every call, for an archive grows. Never writes into the store. Files with other names are not
 * seen. Safe for several threads.
 */
public sealed class WalArchive implements SectionSource permits DirectoryArchive {

    /** A record may run over the border of two segments, and whoever reads looks at what comes behind it. */
    private static final int OPEN_MAX = 2;

    private final ArchiveStore store;
    private final SegmentHeader header;
    private final Map<SegmentName, ArchivedBytes> open = new LinkedHashMap<>(4, 0.75f, true);

    WalArchive(ArchiveStore store, SegmentHeader header) {
        this.store = store;
        this.header = header;
    }

    /**
     * Opens an archive; the first segment with a readable header tells segment size, cluster and version.
     *
     * @throws ArchiveException if it is not there, or holds no segments, or none with a readable header
     */
    public static WalArchive open(ArchiveStore store) throws IOException {
        return new WalArchive(store, firstHeader(store));
    }

    /**
     * Opens an archive of which much is read more than once. One on another machine is fetched into a directory, each file
     * once.
     *
     * @param directory where to make a directory for that, which is empty, and nobody else's
     * @throws ArchiveException if it is not there, or holds no segments, or none with a readable header
     */
    public static WalArchive openNear(ArchiveStore store, DirectoryMaker directory) throws IOException {
        SegmentHeader header = firstHeader(store);
        return new WalArchive(
                store.directory().isPresent() ? store : new FetchedStore(store, directory.make()), header);
    }

    /** Makes a directory, if there is need of one. */
    @FunctionalInterface
    public interface DirectoryMaker {
        Path make() throws IOException;
    }

    static SegmentHeader firstHeader(ArchiveStore store) throws IOException {
        List<ArchivedFile> segments = segmentFiles(store);
        for (ArchivedFile segment : segments) {
            Optional<SegmentHeader> header = SegmentHeader.read(segment);
            if (header.isPresent()) {
                return header.get();
            }
        }
        throw new ArchiveException(
                ArchiveException.Kind.DAMAGED,
                "none of the " + segments.size() + " segments in \"" + store.location()
                        + "\" begins with a WAL page header of PostgreSQL 13 to 18",
                "the files are damaged, encrypted, compressed under a name that does not say so, or of another version");
    }

    /**
     * The files of all segments, by position, then by timeline, then by which is read.
     *
     * @throws ArchiveException if there is no archive, or it holds no segments
     */
    static List<ArchivedFile> segmentFiles(ArchiveStore store) throws IOException {
        List<ArchivedFile> segments = new ArrayList<>();
        for (ArchivedFile file : ArchivedFile.list(store)) {
            if (file.isSegment()) {
                segments.add(file);
            }
        }
        Collections.sort(segments);
        if (segments.isEmpty()) {
            throw store.withoutSegments();
        }
        return segments;
    }

    /** An archive of the cluster that {@code header} tells, whatever its first segment says. */
    static WalArchive open(ArchiveStore store, SegmentHeader header) {
        return new WalArchive(store, header);
    }

    /** The same archive, read through files of its own: what one thread has open is not closed by another. */
    @Override
    public WalArchive forAnotherThread() {
        return new WalArchive(store, header);
    }

    /** Where its files are. */
    public ArchiveStore store() {
        return store;
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
     * All segments, in whichever form, by position, then by timeline.
     *
     * @throws ArchiveException if a name is impossible for this archive's segment size
     */
    public List<SegmentName> segments() throws IOException {
        try {
            TreeSet<SegmentName> segments = new TreeSet<>();
            for (ArchivedFile file : ArchivedFile.list(store)) {
                if (file.isSegment()) {
                    segments.add(SegmentName.parse(file.name(), segmentSize()));
                }
            }
            return List.copyOf(segments);
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
        Optional<ArchivedFile> file = ArchivedFile.find(store, timeline.historyFileName());
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(HistoryText.read(file.get(), timeline));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new ArchiveException(
                    ArchiveException.Kind.DAMAGED,
                    "cannot understand \"" + file.get().location() + "\": " + e.getMessage(),
                    "restore the history file from another copy of the archive");
        }
    }

    /** The timelines of which there is a segment or a history file, in ascending order. */
    public List<TimelineId> timelines() throws IOException {
        TreeSet<TimelineId> timelines = new TreeSet<>();
        for (ArchivedFile file : ArchivedFile.list(store)) {
            int number = Integer.parseUnsignedInt(file.name(), 0, 8, 16);
            if (number != 0) {
                timelines.add(new TimelineId(number));
            }
        }
        return List.copyOf(timelines);
    }

    /**
     * Whether a server can be given these files by a plain copy: each is there under its own name, neither compressed nor
     * partial.
     */
    public boolean holdsPlain(Collection<String> fileNames) throws IOException {
        for (String name : fileNames) {
            if (ArchivedFile.find(store, name).filter(ArchivedFile::isPlain).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes files as a server asks for them, decompressed and whole, into another directory. A name that the archive
     * does not have is passed over.
     *
     * @param into outside of the archive
     * @throws ArchiveException if a file cannot be decompressed to its end
     */
    public void stage(Collection<String> fileNames, Path into) throws IOException {
        Staging.of(fileNames, store, into, segmentSize());
    }

    @Override
    public boolean has(SegmentName segment) throws IOException {
        return ArchivedFile.find(store, segment.fileName()).isPresent();
    }

    @Override
    public synchronized int read(SegmentName segment, long offset, ByteBuffer into) throws IOException {
        ArchivedBytes bytes = bytes(segment);
        return bytes == null ? -1 : bytes.read(offset, into);
    }

    /** The segment's content; null if it is not there. */
    private @Nullable ArchivedBytes bytes(SegmentName segment) throws IOException {
        ArchivedBytes opened = open.get(segment);
        if (opened != null) {
            return opened;
        }
        Optional<ArchivedFile> file = ArchivedFile.find(store, segment.fileName());
        if (file.isEmpty()) {
            return null;
        }
        if (open.size() == OPEN_MAX) {
            SegmentName oldest = open.keySet().iterator().next();
            ArchivedBytes longUnread = open.remove(oldest);
            if (longUnread != null) {
                longUnread.close();
            }
        }
        try {
            ArchivedBytes bytes = ArchivedBytes.open(file.get(), segmentSize());
            open.put(segment, bytes);
            return bytes;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Why the segment cannot be decompressed to its end; empty if it can, or is plain, or is not there. */
    synchronized Optional<DecodingStream.Failure> failure(SegmentName segment) throws IOException {
        ArchivedBytes bytes = bytes(segment);
        return bytes == null ? Optional.empty() : bytes.failure();
    }

    /** How many bytes of content the segment has; -1 if it is not there. */
    synchronized long length(SegmentName segment) throws IOException {
        ArchivedBytes bytes = bytes(segment);
        return bytes == null ? -1 : bytes.length();
    }

    /** Closes the segments that were read last; reading on opens them again. */
    @Override
    public synchronized void close() throws IOException {
        List<ArchivedBytes> opened = List.copyOf(open.values());
        open.clear();
        for (ArchivedBytes bytes : opened) {
            bytes.close();
        }
    }
}
