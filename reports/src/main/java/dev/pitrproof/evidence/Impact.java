package dev.pitrproof.evidence;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What taking the story's base backups did to the source.
 *
 * @param backups one for each base backup of the story, in the order in which they were taken
 */
public record Impact(List<OfBackup> backups) {

    public Impact {
        backups = Components.list(backups);
    }

    /**
     * What one base backup did to the source while it was taken.
     *
     * <p>A component that is null was not measured, which is not 0; {@code notMeasured} says why.
     *
     * @param label the backup's label
     * @param bytes what the source read and sent of its data directory, as it came over the connection: compressed if the
     *     server compressed it; without the WAL of a second connection
     * @param seconds how long the source took to send that, from the moment it had begun the backup
     * @param bytesPerSecond the one by the other; null when it took no measurable time
     * @param checkpointWaitSeconds from asking for the backup until the source had begun it: the checkpoint, and for an
     *     incremental backup the WAL's summary before it
     * @param walBytes WAL that the cluster wrote between the backup's start and its end, everybody's
     * @param archiverBacklogSegments the most files that waited for {@code archive_command} at one time
     * @param archiverOldestSeconds the longest that any of them had waited when it was seen
     * @param archiverFailing whether the archiver's latest attempt had failed when it was last looked at
     * @param replicationLagBytes the furthest that any other standby or receiver was behind
     * @param walSenders the most WAL senders at one time that served others than the backup
     * @param maxRate the rate it was to be held to, null when none was asked for
     * @param samples how many times the source was asked
     * @param notMeasured why a component is null, by its name
     */
    public record OfBackup(
            String label,
            long bytes,
            double seconds,
            @Nullable Double bytesPerSecond,
            @Nullable Double checkpointWaitSeconds,
            @Nullable Long walBytes,
            @Nullable Integer archiverBacklogSegments,
            @Nullable Double archiverOldestSeconds,
            @Nullable Boolean archiverFailing,
            @Nullable Long replicationLagBytes,
            @Nullable Integer walSenders,
            @Nullable MaxRate maxRate,
            int samples,
            Map<String, String> notMeasured) {
        public OfBackup {
            Components.present(label, "impact.backups.label");
            notMeasured = Components.map(notMeasured);
        }
    }

    /**
     * The rate a backup was held to, in kilobytes (1024 bytes) a second.
     *
     * @param asked the most allowed
     * @param measured what came; null when it took no measurable time
     */
    public record MaxRate(double asked, @Nullable Double measured) {}
}
