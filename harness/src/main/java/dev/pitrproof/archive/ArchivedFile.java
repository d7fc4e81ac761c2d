package dev.pitrproof.archive;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.DecodingStream;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of an archive that holds a segment or a history file, in one of the forms in which archives keep them.
 *
 * <p>Segments may be {@code .partial}: what pg_receivewal is still writing, or what a server archives of the segment in
 * which it left a timeline. pg_receivewal puts that word behind the suffix of the compression, others before it.
 *
 * @param fileName as it is stored
 * @param name the name PostgreSQL asks for: 24 hexadecimal digits, or {@code NNNNNNNN.history}
 */
record ArchivedFile(ArchiveStore store, String fileName, String name, boolean partial, Compression compression)
        implements Comparable<ArchivedFile> {

    private static final Pattern FORM = Pattern.compile(
            "(?<name>[0-9A-F]{24}|[0-9A-F]{8}\\.history)(?<before>\\.partial)?(?<suffix>\\.gz|\\.zst|\\.lz4)?(?<behind>\\.partial)?");

    /** Segments by position, then by timeline; of one name whole before partial, plain before compressed, as it is read. */
    @Override
    public int compareTo(ArchivedFile other) {
        int order = name.substring(8).compareTo(other.name.substring(8));
        if (order == 0) {
            order = name.compareTo(other.name);
        }
        if (order == 0) {
            order = Boolean.compare(partial, other.partial);
        }
        if (order == 0) {
            order = compression.compareTo(other.compression);
        }
        return order == 0 ? fileName.compareTo(other.fileName) : order;
    }

    /** Empty if a file of this name holds something else. */
    static Optional<ArchivedFile> of(ArchiveStore store, String fileName) {
        Matcher matcher = FORM.matcher(fileName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = matcher.group("name");
        boolean before = matcher.group("before") != null;
        boolean behind = matcher.group("behind") != null;
        if ((before && behind) || ((before || behind) && !SegmentName.isSegment(name))) {
            return Optional.empty();
        }
        String suffix = matcher.group("suffix");
        return Optional.of(new ArchivedFile(
                store,
                fileName,
                name,
                before || behind,
                suffix == null ? Compression.NONE : Compression.ofSuffix(suffix)));
    }

    /** All such files of a store, in no order. */
    static List<ArchivedFile> list(ArchiveStore store) throws IOException {
        List<ArchivedFile> found = new ArrayList<>();
        for (String fileName : store.fileNames()) {
            of(store, fileName).ifPresent(found::add);
        }
        return found;
    }

    /** The file that is read where {@code name} is asked for. */
    static Optional<ArchivedFile> find(ArchiveStore store, String name) throws IOException {
        List<String> names = new ArrayList<>();
        for (Compression compression : Compression.values()) {
            names.add(name + compression.suffix());
        }
        if (SegmentName.isSegment(name)) {
            for (Compression compression : Compression.values()) {
                names.add(name + ".partial" + compression.suffix());
                names.add(name + compression.suffix() + ".partial");
            }
        }
        return store.firstOf(names).flatMap(fileName -> of(store, fileName));
    }

    /** The file's content, decompressed. */
    DecodingStream content() throws IOException {
        return DecodingStream.open(store.open(fileName), compression);
    }

    boolean isSegment() {
        return !name.endsWith(".history");
    }

    /** Whether a {@code cp} is enough to hand it to a server. */
    boolean isPlain() {
        return !partial && compression == Compression.NONE;
    }

    /** As a user would name it. */
    String location() {
        return store.locate(fileName);
    }

    /** How many bytes it has as it is stored. */
    long size() throws IOException {
        return store.size(fileName);
    }
}
