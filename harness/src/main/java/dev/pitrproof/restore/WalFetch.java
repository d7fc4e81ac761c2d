package dev.pitrproof.restore;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.ControlData;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings the WAL that a restore needs into a directory, by a {@code restore_command} that runs on this machine.
 *
 * <p>A command can only be asked for one file after the other. So it is asked as a server would ask, timeline by timeline
 * and segment by segment, until the WAL that came leads past the target on every timeline, or no more comes.
 */
public final class WalFetch {

    /** A gap is told from the end by what lies behind it; more segments in a row are seldom lost. */
    private static final int LOOK_BEHIND_GAP = 4;

    private static final int FIRST_BATCH = 4;

    private final RestoreCommand command;
    private final BaseBackup backup;
    private final Path directory;
    private final int segmentSize;

    /** @param directory empty; what comes goes there under its own name */
    public WalFetch(RestoreCommand command, BaseBackup backup, Path directory) throws IOException {
        this.command = command;
        this.backup = backup;
        this.directory = directory;
        this.segmentSize = ControlData.read(backup.directory()).walSegmentSize();
    }

    /**
     * Fetches what leads to a target.
     *
     * @param wanted the timeline to follow; empty for every timeline that comes from the backup's
     * @return the archive that the directory is now; the caller closes it
     * @throws IOException with a user's message if the command cannot be run, or not even the first segment comes
     */
    public WalArchive fetch(RecoveryTarget target, Optional<TimelineChoice> wanted) throws IOException {
        List<TimelineHistory> paths = histories(wanted);
        long first = SegmentName.holding(backup.timeline(), backup.startLsn(), segmentSize)
                .number();
        long next = first;
        for (int batch = FIRST_BATCH; ; batch *= 2) {
            int missed = 0;
            for (int i = 0; i < batch && missed <= LOOK_BEHIND_GAP; i++) {
                boolean came = fetch(next, paths);
                if (!came && next == first) {
                    throw new IOException("the restore command has no segment "
                            + SegmentName.holding(backup.timeline(), backup.startLsn(), segmentSize)
                            + ", with which the WAL of backup \""
                            + backup.label().label() + "\" begins");
                }
                missed = came ? 0 : missed + 1;
                next++;
            }
            WalArchive archive = DirectoryArchive.open(directory);
            if (missed > LOOK_BEHIND_GAP || leadsPast(target, archive, paths)) {
                return archive;
            }
            archive.close();
        }
    }

    /** Whether every timeline's WAL shows where recovery stops, and the record behind that. */
    private boolean leadsPast(RecoveryTarget target, WalArchive archive, List<TimelineHistory> paths)
            throws IOException {
        if (target instanceof RecoveryTarget.Latest) {
            return false;
        }
        for (TimelineHistory path : paths) {
            Prediction prediction = new RestorePlanner(backup, archive, target, "the target")
                    .plan(path.timeline())
                    .prediction();
            if (prediction.reach() == Prediction.Reach.NOT_REACHED || prediction.firstNotApplied() == null) {
                return false;
            }
        }
        return true;
    }

    /** The ways that timelines take from the backup on; their history files come along. */
    private List<TimelineHistory> histories(Optional<TimelineChoice> wanted) throws IOException {
        TimelineId own = backup.timeline();
        List<TimelineHistory> paths = new ArrayList<>();
        paths.add(history(own).orElse(TimelineHistory.of(own)));
        if (wanted.isPresent() && !(wanted.get() instanceof TimelineChoice.Latest)) {
            TimelineId named = wanted.get().resolve(own, List.of());
            if (!named.equals(own)) {
                paths.add(history(named)
                        .orElseThrow(() -> new IOException("the restore command has no history file of timeline "
                                + named + ", " + named.historyFileName())));
            }
            return paths;
        }
        TimelineId next = new TimelineId(own.value() + 1);
        for (Optional<TimelineHistory> found = history(next); found.isPresent(); found = history(next)) {
            if (found.get().path().contains(own)) {
                paths.add(found.get());
            }
            next = new TimelineId(next.value() + 1);
        }
        return paths;
    }

    private Optional<TimelineHistory> history(TimelineId timeline) throws IOException {
        if (timeline.equals(TimelineId.FIRST) || !command.fetch(timeline.historyFileName(), directory)) {
            return Optional.empty();
        }
        Path file = directory.resolve(timeline.historyFileName());
        try {
            return Optional.of(TimelineHistory.parse(timeline, Files.readAllBytes(file)));
        } catch (IllegalArgumentException e) {
            throw new IOException("history file " + timeline.historyFileName() + ": " + e.getMessage(), e);
        }
    }

    /** Fetches a segment of every timeline that may have it; whether one came. */
    private boolean fetch(long number, List<TimelineHistory> paths) throws IOException {
        boolean came = false;
        for (TimelineHistory path : paths) {
            for (TimelineId timeline : path.path()) {
                SegmentName segment = new SegmentName(timeline, number, segmentSize);
                boolean ended = path.endOf(timeline)
                        .filter(end -> end.isBefore(segment.start()))
                        .isPresent();
                if (!ended) {
                    came |= Files.exists(directory.resolve(segment.fileName()))
                            || command.fetch(segment.fileName(), directory);
                }
            }
        }
        return came;
    }
}
