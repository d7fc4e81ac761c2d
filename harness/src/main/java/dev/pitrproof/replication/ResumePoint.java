package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a receiver goes on in a directory that it has filled before, as {@code FindStreamingStart} of pg_receivewal.c
 * finds it: behind the newest whole segment, or at the beginning of the newest partial one.
 *
 * @param position the beginning of a segment
 */
record ResumePoint(Lsn position, TimelineId timeline) {

    private static final Pattern FILE =
            Pattern.compile("(?<segment>[0-9A-F]{24})(\\.gz|\\.lz4|\\.zst)?(?<partial>\\.partial)?");

    private record Found(SegmentName segment, boolean whole) {
        boolean isNewerThan(Found other) {
            int position = Long.compare(segment.number(), other.segment.number());
            int timeline = segment.timeline().compareTo(other.segment.timeline());
            return position > 0 || (position == 0 && (timeline > 0 || (timeline == 0 && whole && !other.whole)));
        }
    }

    /** Whether a file of this name holds a segment, or what there is of one. */
    static boolean isSegment(String fileName) {
        return FILE.matcher(fileName).matches();
    }

    /** Whether a file of this name holds a whole segment, or a timeline's history. */
    static boolean isWhole(String fileName) {
        return fileName.matches("[0-9A-F]{8}\\.history") || (isSegment(fileName) && !fileName.endsWith(".partial"));
    }

    /** Empty if the directory holds no WAL. */
    static Optional<ResumePoint> in(Path directory, int segmentSize) throws IOException {
        return in(directory, List::of, segmentSize);
    }

    /**
     * Empty if there is no WAL.
     *
     * @param further the names of files elsewhere; asked for when the directory has been listed, for files may be moved from
     *     there to elsewhere
     */
    static Optional<ResumePoint> in(Path directory, Supplier<List<String>> further, int segmentSize)
            throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        List<String> names = new ArrayList<>(further.get());
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (SegmentName.isSegment(name) && Files.size(file) != segmentSize) {
                throw new IOException("segment file \"" + file + "\" has " + Files.size(file) + " bytes: expected "
                        + segmentSize + "\nHINT: it is damaged, or the directory belongs to another cluster");
            }
            names.add(name);
        }
        Found newest = null;
        for (String name : names) {
            Matcher matcher = FILE.matcher(name);
            if (matcher.matches()) {
                Found found = new Found(
                        SegmentName.parse(matcher.group("segment"), segmentSize), matcher.group("partial") == null);
                newest = newest == null || found.isNewerThan(newest) ? found : newest;
            }
        }
        return Optional.ofNullable(newest)
                .map(found -> new ResumePoint(
                        found.whole() ? found.segment().end() : found.segment().start(),
                        found.segment().timeline()));
    }
}
