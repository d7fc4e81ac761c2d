package dev.pitrproof.replication;

import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The history files beside received WAL: recovery along a timeline needs the timeline's own. */
final class HistoryFiles {

    private final ReplicationConnection connection;
    private final Path directory;
    private final boolean sync;

    HistoryFiles(ReplicationConnection connection, Path directory, boolean sync) {
        this.connection = connection;
        this.directory = directory;
        this.sync = sync;
    }

    /**
     * Gets the history file of a timeline, unless it is there or the timeline is the first, which has none.
     *
     * @param from how the server says that this timeline was reached; null for the one that receiving begins with
     * @return whether it was got
     * @throws ReplicationException if the file tells something else
     */
    boolean keep(TimelineId timeline, TimelineHistory.@Nullable Switch from) throws IOException {
        Path file = directory.resolve(timeline.historyFileName());
        if (timeline.equals(TimelineId.FIRST) || Files.exists(file)) {
            return false;
        }
        TimelineHistoryFile history = connection.timelineHistory(timeline);
        requireSame(from, history.history());
        Path temporary = directory.resolve(timeline.historyFileName() + ".tmp");
        try {
            write(temporary, history.content());
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw SegmentFile.couldNotWrite(temporary, e);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        SegmentFile.syncDirectory(directory, sync);
        return true;
    }

    private static void requireSame(TimelineHistory.@Nullable Switch from, TimelineHistory history)
            throws ReplicationException {
        List<TimelineHistory.Switch> ancestry = history.ancestry();
        if (ancestry.isEmpty()) {
            throw new ReplicationException("the history file of timeline " + history.timeline()
                    + " names no timeline that led to it: expected one at least");
        }
        TimelineHistory.Switch last = ancestry.get(ancestry.size() - 1);
        if (from != null
                && !(last.parent().equals(from.parent()) && last.switchpoint().equals(from.switchpoint()))) {
            throw new ReplicationException("the history file of timeline " + history.timeline()
                    + " says that it left timeline "
                    + last.parent() + " at " + last.switchpoint() + ": expected timeline " + from.parent() + " at "
                    + from.switchpoint() + ", as the server says");
        }
    }

    private void write(Path file, ByteBuffer content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
            if (sync) {
                channel.force(false);
            }
        }
    }
}
