package dev.pitrproof.fault;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A copy of an archive, and the place in it that a fault strikes.
 *
 * @param archive a directory of plain segments; its files may have other names elsewhere, so they are replaced and never
 *     written to
 * @param path the way that recovery takes
 * @param backupTimeline where it begins
 * @param segments all segments of the path that are in the directory, of each timeline
 * @param record where a record begins that recovery needs
 * @param targetIsTheEnd whether recovery is to go to the end of the WAL, wherever that is
 */
public record ArchiveScene(
        Path archive,
        TimelineHistory path,
        TimelineId backupTimeline,
        List<SegmentName> segments,
        Lsn record,
        boolean targetIsTheEnd) {

    public ArchiveScene {
        segments = List.copyOf(segments);
    }

    /** The segment that is read for the record: of the timelines that have it, the youngest's. */
    public SegmentName victim() {
        return at(one -> one == number())
                .orElseThrow(() -> new IllegalStateException("no segment of the archive holds " + record));
    }

    private long number() {
        SegmentName any = segments.get(0);
        return SegmentName.holding(any.timeline(), record, any.segmentSize()).number();
    }

    private Optional<SegmentName> at(Predicate<Long> number) {
        return segments.stream()
                .filter(segment -> number.test(segment.number()))
                .max(Comparator.naturalOrder());
    }

    /** The segment before the victim, or else the next one behind it; empty if it is the only one. */
    Optional<SegmentName> neighbour() {
        Optional<SegmentName> before = at(one -> one < number());
        return before.isPresent()
                ? before
                : segments.stream()
                        .filter(segment -> segment.number() > number())
                        .min(Comparator.naturalOrder());
    }

    /** The same stretch of log as the victim's, on each timeline of the path that has it. */
    List<SegmentName> copiesOfVictim() {
        return segments.stream().filter(segment -> segment.number() == number()).toList();
    }

    /** Whether nothing of the path lies behind the victim. */
    boolean isAtTheEnd() {
        return at(one -> one > number()).isEmpty();
    }

    /** Where the record begins in the victim, in bytes. */
    int offset() {
        return (int) (record.value() - victim().start().value());
    }

    Path file(SegmentName segment) {
        return archive.resolve(segment.fileName());
    }

    byte[] content() throws IOException {
        return Files.readAllBytes(file(victim()));
    }

    /** Replaces the victim's file. */
    void replace(byte[] content) throws IOException {
        Files.delete(file(victim()));
        Files.write(file(victim()), content);
    }
}
