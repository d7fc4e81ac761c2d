package dev.pitrproof.impact;

import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Measures one base backup: counts and times what comes by itself, and has a {@link SourceWatch} look at the rest. Passes
 * on all it is told.
 */
final class ImpactMeter implements BackupProgress, AutoCloseable {

    private static final double KILOBYTE = 1024;

    private final ConnectionSettings settings;
    private final BackupProgress progress;
    private final List<Integer> ownProcesses = new CopyOnWriteArrayList<>();
    private @Nullable SourceWatch watch;
    private long asked;
    private long began;
    private long lastReceived;
    private long bytes;

    /** Assigns only. */
    ImpactMeter(ConnectionSettings settings, BackupProgress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Only a server that has let us in is asked for a second connection. */
    @Override
    public void connected(int serverProcess) {
        ownProcesses.add(serverProcess);
        progress.connected(serverProcess);
    }

    @Override
    public void asking() {
        asked = System.nanoTime();
        watch = SourceWatch.start(settings, ownProcesses);
        progress.asking();
    }

    @Override
    public void started(Lsn start, TimelineId timeline) {
        began = System.nanoTime();
        lastReceived = began;
        progress.started(start, timeline);
    }

    @Override
    public void expects(long expected) {
        progress.expects(expected);
    }

    @Override
    public void received(long soFar) {
        bytes = soFar;
        lastReceived = System.nanoTime();
        progress.received(soFar);
    }

    @Override
    public void finishing() {
        progress.finishing();
    }

    @Override
    public void warning(String message) {
        progress.warning(message);
    }

    /** The result; looks at the source for a last time before. */
    Impact.OfBackup impactOf(BaseBackup backup, BackupRequest request) {
        if (watch == null) {
            throw new IllegalStateException("no backup was asked for");
        }
        SourceWatch.Peaks seen = watch.finish();
        Map<String, String> notMeasured = new LinkedHashMap<>();
        Long walBytes = null;
        if (backup.label().from().equals("standby")) {
            notMeasured.put("walBytes", "a standby writes no WAL of its own");
        } else {
            walBytes = backup.stopLsn().minus(backup.startLsn());
        }
        notMeasured.putAll(seen.notMeasured());
        double seconds = (lastReceived - began) / 1e9;
        Double rate = seconds > 0 ? bytes / seconds : null;
        OptionalInt maxRate = request.maxRateKilobytes();
        return new Impact.OfBackup(
                backup.label().label(),
                bytes,
                seconds,
                rate,
                (began - asked) / 1e9,
                walBytes,
                seen.archiverBacklogSegments(),
                seen.archiverOldestSeconds(),
                seen.archiverFailing(),
                seen.replicationLagBytes(),
                seen.walSenders(),
                maxRate.isEmpty()
                        ? null
                        : new Impact.MaxRate(maxRate.getAsInt(), rate == null ? null : rate / KILOBYTE),
                seen.samples(),
                notMeasured);
    }

    /** Gives up the second connection, if a backup failed. */
    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
