package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
            Pattern.compile("(?<segment>[0-9A-F]{24})(?<compressed>\\.gz|\\.lz4|\\.zst)?(?<partial>\\.partial)?");

    private record Found(SegmentName segment, boolean whole) {
        boolean isNewerThan(Found other) {
            int position = Long.compare(segment.number(), other.segment.number());
            int timeline = segment.timeline().compareTo(other.segment.timeline());
            return position > 0 || (position == 0 && (timeline > 0 || (timeline == 0 && whole && !other.whole)));
        }
    }

    /** Empty if the directory holds no WAL. */
    static Optional<ResumePoint> in(Path directory, int segmentSize) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.toList();
        }
        Found newest = null;
        for (Path file : files) {
            Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
            if (!name.matches()) {
                continue;
            }
            boolean whole = name.group("partial") == null;
            if (whole && name.group("compressed") == null && Files.size(file) != segmentSize) {
                throw new IOException("segment file \"" + file + "\" has " + Files.size(file) + " bytes: expected "
                        + segmentSize + "\nHINT: it is damaged, or the directory belongs to another cluster");
            }
            Found found = new Found(SegmentName.parse(name.group("segment"), segmentSize), whole);
            if (newest == null || found.isNewerThan(newest)) {
                newest = found;
            }
        }
        return Optional.ofNullable(newest)
                .map(found -> new ResumePoint(
                        found.whole() ? found.segment().end() : found.segment().start(),
                        found.segment().timeline()));
    }
}
