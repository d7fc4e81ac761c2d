package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What becomes of the files of a {@link WalReceiver} when nothing more is written to them. */
final class FinishedFiles {

    private final WalReceiverRequest request;
    private final @Nullable Shipment shipment;

    /** @param shipment brings them away; null if they stay in the directory */
    FinishedFiles(WalReceiverRequest request, @Nullable Shipment shipment) {
        this.request = request;
        this.shipment = shipment;
    }

    /** A segment has all that it will have: it gets its final name. */
    void complete(SegmentFile segment, boolean isFull) throws IOException {
        String name = segment.complete(request.compression());
        if (shipment != null) {
            shipment.add(name);
        }
        if (isFull) {
            // one that is not full may be written on by the restored server, which then has to archive it
            markArchived(segment.name().fileName());
        }
    }

    /** Its timeline has ended, and the segment is not full. */
    void leave(SegmentFile segment) {
        if (shipment != null) {
            shipment.add(segment.partialName());
        }
    }

    /** The history file of a timeline is in the directory. */
    void keptHistory(TimelineId timeline) throws IOException {
        if (shipment != null) {
            shipment.add(timeline.historyFileName());
        }
        markArchived(timeline.historyFileName());
    }

    private void markArchived(String name) throws IOException {
        if (request.dataDirectory()) {
            Path status = Files.createDirectories(request.directory().resolve("archive_status"));
            Files.write(status.resolve(name + ".done"), new byte[0]);
        }
    }

    /** What the server may forget of what is durable in the directory. */
    Lsn safe(Lsn flushed, int segmentSize) {
        return shipment == null ? flushed : shipment.safe(flushed, segmentSize);
    }

    /** Whether there is no room for another segment. */
    boolean isFull() {
        return shipment != null && shipment.isFull();
    }
}
