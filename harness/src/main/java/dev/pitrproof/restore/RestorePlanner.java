package dev.pitrproof.restore;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.ControlData;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.BackupBounds;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.Oracle;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides from the WAL alone, before a byte is copied, whether a restore can reach its target.
 *
 * <p>PostgreSQL itself takes a missing or damaged segment for the end of the archive, so this is the only place where a
 * gap is told from an end.
 */
public final class RestorePlanner {

    private final BaseBackup backup;
    private final WalArchive archive;
    private final RecoveryTarget target;
    private final String targetInWords;

    /** @param targetInWords the target as the user named it, for messages */
    public RestorePlanner(BaseBackup backup, WalArchive archive, RecoveryTarget target, String targetInWords) {
        this.backup = backup;
        this.archive = archive;
        this.target = target;
        this.targetInWords = targetInWords;
    }

    /** Reads the archive from the backup's redo position on, along the history of {@code timeline}. */
    public PlanOutcome plan(TimelineId timeline) throws IOException {
        TimelineHistory path = archive.history(timeline).orElse(TimelineHistory.of(timeline));
        WalReader wal = new WalReader(archive, path, archive.segmentSize()).expecting(backup.systemIdentifier());
        Prediction prediction = Oracle.predict(wal, bounds(backup), target);
        Optional<Claim> obstacle = obstacle(prediction, path);
        if (obstacle.isPresent()) {
            return new PlanOutcome.Refused(prediction, obstacle.get());
        }
        List<SegmentName> segments = segments(path, prediction.walEnd().validThrough());
        return new PlanOutcome.Reachable(
                new RestorePlan(backup, archive, target, path, prediction, segments, files(segments)));
    }

    /** Along the timeline that {@code choice} means for this backup and archive. */
    public PlanOutcome plan(TimelineChoice choice) throws IOException {
        return plan(timeline(choice, backup, archive));
    }

    /** The timeline that a choice means for a backup in an archive. */
    static TimelineId timeline(TimelineChoice choice, BaseBackup backup, WalArchive archive) throws IOException {
        List<TimelineId> withHistory = new ArrayList<>();
        for (TimelineId timeline : archive.timelines()) {
            if (archive.history(timeline).isPresent()) {
                withHistory.add(timeline);
            }
        }
        return choice.resolve(backup.timeline(), withHistory);
    }

    /** What the oracle must know of a backup, from its files. */
    public static BackupBounds bounds(BaseBackup backup) throws IOException {
        boolean fromStandby = isFromStandby(backup);
        return new BackupBounds(
                backup.startLsn(),
                backup.label().checkpointLsn(),
                fromStandby ? ControlData.read(backup.directory()).minRecoveryPoint() : backup.stopLsn(),
                backup.timeline(),
                fromStandby);
    }

    private static boolean isFromStandby(BaseBackup backup) {
        return backup.label().from().equals("standby");
    }

    /** Where a backup is consistent, as a sentence has it. */
    public static String end(BaseBackup backup) throws IOException {
        Lsn end = bounds(backup).end();
        return end.equals(Lsn.INVALID)
                ? "the record of its end (at a position that is not known without a manifest)"
                : end.toString();
    }

    private Optional<Claim> obstacle(Prediction prediction, TimelineHistory path) throws IOException {
        if (prediction.reach() != Prediction.Reach.REACHED && archive.systemIdentifier() != backup.systemIdentifier()) {
            return Optional.of(refused(
                    FindingCode.FOREIGN_WAL,
                    "WAL of system " + Long.toUnsignedString(backup.systemIdentifier()),
                    "WAL of system " + Long.toUnsignedString(archive.systemIdentifier()),
                    "this archive belongs to another cluster: name the one the backup's source archives into"));
        }
        if (!path.timelineAt(backup.label().checkpointLsn()).equals(backup.timeline())) {
            return Optional.of(wrongBranch(path));
        }
        Optional<Claim> otherEnd = endsOnAnotherBranch(path);
        if (otherEnd.isPresent()) {
            return otherEnd;
        }
        if (target instanceof RecoveryTarget.Time time
                && prediction.checkpointTime().isPresent()) {
            Instant checkpoint = prediction.checkpointTime().get();
            if (time.time().isBefore(checkpoint)) {
                return Optional.of(beforeTheBackup("the backup's checkpoint was at " + checkpoint));
            }
        }
        return switch (prediction.reach()) {
            case REACHED -> target instanceof RecoveryTarget.Latest ? damage(prediction, path) : Optional.empty();
            case BEFORE_CONSISTENCY ->
                Optional.of(beforeTheBackup("the backup is consistent only from " + end(backup) + " on"));
            case NOT_REACHED ->
                Optional.of(prediction.isRefused() ? minimal(prediction) : notReached(prediction, path));
        };
    }

    private Claim notReached(Prediction prediction, TimelineHistory path) throws IOException {
        Optional<Claim> damage = damage(prediction, path);
        return damage.isPresent() ? damage.get() : endOfArchive(prediction);
    }

    private Claim minimal(Prediction prediction) {
        return refused(
                FindingCode.WAL_MINIMAL,
                "WAL of wal_level=replica or logical from " + backup.startLsn() + " to " + targetInWords,
                "the source ran with wal_level=minimal from "
                        + Objects.requireNonNull(prediction.firstNotApplied()).start()
                        + " on, and PostgreSQL refuses to replay that; " + lastProvable(prediction),
                "take a new base backup whenever wal_level was minimal, " + orSooner(prediction));
    }

    /**
     * A standby may follow its primary to another timeline while it is backed up. PostgreSQL restores that only along a
     * timeline on which the backup's end lies, too ({@code InitWalRecovery} of xlogrecovery.c).
     */
    private Optional<Claim> endsOnAnotherBranch(TimelineHistory path) throws IOException {
        if (!isFromStandby(backup) || !Files.exists(backup.directory().resolve(BackupLabel.FILE_NAME))) {
            return Optional.empty(); // a server that was started on it has looked at it already
        }
        ControlData control = ControlData.read(backup.directory());
        Lsn end = control.minRecoveryPoint();
        TimelineId timeline = control.minRecoveryTimeline();
        if (end.isInvalid() || timeline == null || path.timelineAt(end.plus(-1)).equals(timeline)) {
            return Optional.empty();
        }
        return Optional.of(refused(
                FindingCode.WRONG_BRANCH,
                "a timeline that holds the backup's end, " + end + " on timeline " + timeline,
                "timeline path " + path.path(),
                "the standby went over to timeline " + timeline
                        + " while it was backed up: name that one, or one that comes from it"));
    }

    private Claim wrongBranch(TimelineHistory path) {
        return refused(
                FindingCode.WRONG_BRANCH,
                "a timeline that comes from the backup's checkpoint, "
                        + backup.label().checkpointLsn() + " on timeline " + backup.timeline(),
                path.ancestry().isEmpty()
                        ? "timeline " + path.timeline() + ", of which the archive has no history file"
                        : "timeline path " + path.path() + ", which leaves timeline " + backup.timeline() + " at "
                                + path.endOf(backup.timeline())
                                        .map(Lsn::toString)
                                        .orElse("no point"),
                "name a timeline that the backup lies on, or take a backup of that timeline");
    }

    private Claim beforeTheBackup(String found) {
        return refused(
                FindingCode.BEFORE_CONSISTENCY,
                "a target behind the end of backup \"" + backup.label().label() + "\"",
                targetInWords + " lies before it: " + found,
                "restore from an older backup, or to a later target");
    }

    /** Why the readable WAL ends where it does, unless that is the end of the archive. */
    private Optional<Claim> damage(Prediction prediction, TimelineHistory path) throws IOException {
        WalEnd end = prediction.walEnd();
        if (end instanceof WalEnd.ForeignSystem foreign) {
            return Optional.of(refused(
                    FindingCode.FOREIGN_WAL,
                    "WAL of system " + Long.toUnsignedString(foreign.expectedSystemIdentifier()),
                    "segment " + foreign.segment() + " is of system " + Long.toUnsignedString(foreign.found()) + "; "
                            + lastProvable(prediction),
                    "another cluster archives into the same directory: restore that segment from another copy"));
        }
        if (end instanceof WalEnd.Invalid invalid && !(invalid.plausibleEnd() && isLast(invalid.segment(), path))) {
            return Optional.of(refused(
                    FindingCode.WAL_CORRUPT,
                    "readable WAL from " + backup.startLsn() + " to " + targetInWords,
                    "segment " + invalid.segment() + " is damaged at " + invalid.at() + ": expected "
                            + invalid.expected() + ", found " + invalid.found() + "; " + lastProvable(prediction),
                    "get this segment from another copy of the archive, " + orSooner(prediction)));
        }
        if (end instanceof WalEnd.SegmentMissing missing && !isLast(missing.segment(), path)) {
            return Optional.of(refused(
                    FindingCode.WAL_GAP,
                    "WAL without a gap from " + backup.startLsn() + " to " + targetInWords,
                    "segment " + missing.segment() + " is not in the archive, though later ones are; "
                            + lastProvable(prediction),
                    "look for this segment in other copies of the archive and in the source's pg_wal, "
                            + orSooner(prediction)));
        }
        return Optional.empty();
    }

    private Claim endOfArchive(Prediction prediction) throws IOException {
        if (!prediction.consistent()) {
            return refused(
                    FindingCode.WAL_GAP,
                    "WAL from " + backup.startLsn() + " at least to " + end(backup) + ", where backup \""
                            + backup.label().label() + "\" ends",
                    "the archive ends at " + prediction.walEnd().validThrough(),
                    "archive the segments up to the backup's end: without them it cannot be restored at all");
        }
        String found = "the archive ends at " + prediction.walEnd().validThrough() + "; " + lastProvable(prediction);
        if (target instanceof RecoveryTarget.Time) {
            return new Claim(
                    TargetClaim.NAME,
                    Verdict.UNPROVEN,
                    FindingCode.AFTER_LAST_COMMIT.name(),
                    "a transaction end later than " + targetInWords + ", which shows that recovery may stop there",
                    found,
                    "archive the WAL of a later transaction, " + orSooner(prediction),
                    List.of());
        }
        return refused(
                FindingCode.TARGET_NOT_REACHED,
                targetInWords + " in the WAL behind " + backup.startLsn(),
                found,
                "check the target, or archive the WAL that holds it");
    }

    private static String lastProvable(Prediction prediction) {
        return prediction
                .lastCommit()
                .map(commit -> "last provable commit: xid " + commit.xid() + " at " + commit.time() + " ("
                        + commit.lsn() + ")")
                .orElse("no commit can be proved");
    }

    private String orSooner(Prediction prediction) {
        return Optional.of(prediction)
                .filter(Prediction::consistent)
                .flatMap(Prediction::lastCommit)
                .map(EndedTransaction::time)
                .map(time -> "or restore to a time before " + time)
                .orElse("or take a new base backup");
    }

    /** Whether no later segment leads to the target; segments of other branches do not count. */
    private boolean isLast(SegmentName segment, TimelineHistory path) throws IOException {
        return archive.segments().stream()
                .filter(other -> Long.compareUnsigned(other.number(), segment.number()) > 0)
                .filter(other -> path.path().contains(other.timeline()))
                .noneMatch(other -> path.endOf(other.timeline())
                        .map(end -> other.start().isBefore(end))
                        .orElse(true));
    }

    private static Claim refused(FindingCode code, String expected, String found, String hint) {
        return new Claim(TargetClaim.NAME, Verdict.REFUTED, code.name(), expected, found, hint, List.of("WAL"));
    }

    private List<SegmentName> segments(TimelineHistory path, Lsn validThrough) throws IOException {
        long first = SegmentName.holding(backup.timeline(), backup.startLsn(), archive.segmentSize())
                .number();
        long last = SegmentName.before(path.timeline(), validThrough, archive.segmentSize())
                .number();
        return archive.segments().stream()
                .filter(segment -> segment.number() >= first && segment.number() <= last)
                .filter(segment -> path.path().contains(segment.timeline()))
                .toList();
    }

    private List<String> files(List<SegmentName> segments) throws IOException {
        List<String> files = new ArrayList<>();
        for (SegmentName segment : segments) {
            files.add(segment.fileName());
        }
        for (TimelineId timeline : archive.timelines()) {
            if (!timeline.equals(TimelineId.FIRST)) {
                files.add(timeline.historyFileName());
            }
        }
        return files;
    }
}
