package dev.pitrproof.restore;

import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The segments that two timelines share. */
final class ForkSegments {

    private ForkSegments() {}

    /**
     * Puts the segments in which timelines fork, as the older timeline has them, where only the newer one's would come.
     *
     * <p>When a server is promoted, it reads the records of prepared transactions again, each from the timeline that it
     * was written on. PostgreSQL 14 and 15 look for them in {@code pg_wal} only ({@code read_local_xlog_page} of
     * xlogutils.c), and die of "requested WAL segment … has already been removed" if the stretch before the fork is there
     * in the newer timeline's file alone.
     */
    static void stage(RestorePlan plan, Path pgWal) throws IOException {
        int segmentSize = plan.archive().segmentSize();
        List<String> forks = plan.path().ancestry().stream()
                .map(fork -> SegmentName.holding(fork.parent(), fork.switchpoint(), segmentSize)
                        .fileName())
                .toList();
        plan.archive().stage(forks, pgWal);
    }
}
