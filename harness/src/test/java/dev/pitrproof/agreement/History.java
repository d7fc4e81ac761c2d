package dev.pitrproof.agreement;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.wal.TimelineId;
import java.nio.file.Path;
import java.util.List;

/**
 * A source's recorded past: its backups and an archive with two timelines, of which the second leaves the first half-way.
 *
 * @param archive what {@code archive_command} made
 * @param backups all of timeline 1, before the fork
 * @param firstXid below all xids that the archive tells of
 * @param temporaryXids of transactions on timeline 1 that wrote to temporary tables only
 */
record History(Path archive, List<BaseBackup> backups, long firstXid, List<Integer> temporaryXids) {

    static final TimelineId FIRST = TimelineId.FIRST;
    static final TimelineId SECOND = new TimelineId(2);

    History {
        backups = List.copyOf(backups);
        temporaryXids = List.copyOf(temporaryXids);
    }
}
