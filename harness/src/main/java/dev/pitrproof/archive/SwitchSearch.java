package dev.pitrproof.archive;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.SegmentSource;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds in the WAL itself where a timeline forked, which its history file only claims: the record that begins it is a
 * shutdown checkpoint or an end of recovery that names both timelines.
 *
 * <p>A page header tells the timeline of the page's first record, so the record is on the last page that is still of the
 * parent, or the first in the segment.
 */
final class SwitchSearch {

    private static final int PAGE_BYTES = 8192;
    private static final int HEADER_BYTES = 24;

    private final SegmentSource source;

    SwitchSearch(SegmentSource source) {
        this.source = source;
    }

    /**
     * Looks in a timeline's first segment.
     *
     * @return the switch, without a reason; empty if the segment does not hold it
     */
    Optional<TimelineHistory.Switch> find(SegmentName first) throws IOException {
        int parent = 0;
        for (int offset = 0; offset < first.segmentSize(); offset += PAGE_BYTES) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (header.hasRemaining()) {
                if (source.read(first, offset + header.position(), header) < 0) {
                    return Optional.empty();
                }
            }
            boolean written = header.getLong(8) == first.start().value() + offset;
            if (!written || header.getInt(4) == first.timeline().value()) {
                return offset == 0 ? at(first, first.start(), 0) : on(first, offset - PAGE_BYTES, parent);
            }
            parent = header.getInt(4);
        }
        return on(first, first.segmentSize() - PAGE_BYTES, parent);
    }

    private Optional<TimelineHistory.Switch> on(SegmentName first, int page, int parent) throws IOException {
        for (int offset = page + HEADER_BYTES;
                offset <= page + PAGE_BYTES && offset < first.segmentSize();
                offset += 8) {
            Optional<TimelineHistory.Switch> found = at(first, first.start().plus(offset), parent);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** @param parent 0 if it is not known */
    Optional<TimelineHistory.Switch> at(SegmentName first, Lsn position, int parent) throws IOException {
        TimelineHistory assumed = parent == 0 || parent == first.timeline().value()
                ? TimelineHistory.of(first.timeline())
                : new TimelineHistory(
                        first.timeline(), List.of(new TimelineHistory.Switch(new TimelineId(parent), position, "")));
        List<WalRecord> records = new ArrayList<>();
        new WalReader(source, assumed, first.segmentSize()).read(position, record -> {
            records.add(record);
            return false;
        });
        boolean isThere = !records.isEmpty()
                && records.get(0).start().minus(position) <= (position.value() % PAGE_BYTES == 0 ? 40 : 0);
        return isThere
                ? parentOf(records.get(0), first.timeline()).map(its -> new TimelineHistory.Switch(its, position, ""))
                : Optional.empty();
    }

    private static Optional<TimelineId> parentOf(WalRecord record, TimelineId child) {
        TimelineId timeline = null;
        TimelineId previous = null;
        if (record.entry() instanceof WalEntry.Checkpoint checkpoint) {
            timeline = checkpoint.timeline();
            previous = checkpoint.previousTimeline();
        } else if (record.entry() instanceof WalEntry.EndOfRecovery end) {
            timeline = end.timeline();
            previous = end.previousTimeline();
        }
        return child.equals(timeline) && previous != null && previous.compareTo(child) < 0
                ? Optional.of(previous)
                : Optional.empty();
    }
}
