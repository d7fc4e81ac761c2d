package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.RecordedWal;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Plans on an archive that a real server wrote, of which each test damages a copy. */
@ExtendWith(RecordedWal.Resolver.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class RestorePlannerTest {

    private static final int SEGMENT_SIZE = 1 << 20;
    private static final TimelineId FIRST = TimelineId.FIRST;
    private static final TimelineId SECOND = new TimelineId(2);

    @TempDir
    Path archive;

    private long systemIdentifier;
    private List<WalRecord> records;
    private BaseBackup backup;

    /** The backup that the recorded server ended last: it lies before the fork. */
    @BeforeEach
    void copyTheArchive(RecordedWal wal) throws IOException {
        try (Stream<Path> files = Files.list(wal.archive())) {
            for (Path file : files.toList()) {
                Files.copy(file, archive.resolve(String.valueOf(file.getFileName())));
            }
        }
        try (DirectoryArchive directory = DirectoryArchive.open(archive)) {
            systemIdentifier = directory.systemIdentifier();
            records = read(directory, TimelineHistory.of(FIRST));
        }
        backup = lastBackup();
    }

    private static List<WalRecord> read(DirectoryArchive directory, TimelineHistory path) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        Lsn start = directory.segments().get(0).start();
        new WalReader(directory, path, SEGMENT_SIZE).read(start, records::add);
        return List.copyOf(records);
    }

    private BaseBackup lastBackup() {
        WalRecord end = last(WalEntry.BackupEnd.class, records);
        Lsn redo = ((WalEntry.BackupEnd) end.entry()).backupStart();
        WalRecord checkpoint = records.stream()
                .filter(record -> record.entry() instanceof WalEntry.Checkpoint found
                        && found.redo().equals(redo))
                .findFirst()
                .orElseThrow();
        return backup(redo, checkpoint.start(), end.end(), systemIdentifier);
    }

    private static BaseBackup backup(Lsn redo, Lsn checkpoint, Lsn end, long systemIdentifier) {
        BackupLabel label = new BackupLabel(redo, checkpoint, "streamed", "primary", "", "nightly", FIRST);
        return new BaseBackup(
                Path.of("/nowhere"),
                label,
                BackupManifest.ABSENT,
                redo,
                end,
                FIRST,
                systemIdentifier,
                "",
                0,
                Duration.ZERO,
                List.of(),
                List.of());
    }

    private static WalRecord last(Class<? extends WalEntry> kind, List<WalRecord> records) {
        return records.stream()
                .filter(record -> kind.isInstance(record.entry()))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private List<WalRecord> commitsAfterTheBackup() {
        return records.stream()
                .filter(record -> record.start().isAfter(backup.stopLsn()))
                .filter(record -> record.entry() instanceof WalEntry.TransactionEnd end
                        && end.kind().commits())
                .toList();
    }

    private static Instant time(WalRecord end) {
        return ((WalEntry.TransactionEnd) end.entry()).time();
    }

    private static RecoveryTarget at(Instant time) {
        return new RecoveryTarget.Time(time, true);
    }

    private PlanOutcome plan(RecoveryTarget target, TimelineId timeline) throws IOException {
        return plan(target, new TimelineChoice.Numbered(timeline));
    }

    private PlanOutcome plan(RecoveryTarget target, TimelineChoice timeline) throws IOException {
        try (DirectoryArchive directory = DirectoryArchive.open(archive)) {
            return new RestorePlanner(backup, directory, target, "13:59").plan(timeline);
        }
    }

    private Claim refusal(RecoveryTarget target, String code) throws IOException {
        return refusal(target, FIRST, code);
    }

    private Claim refusal(RecoveryTarget target, TimelineId timeline, String code) throws IOException {
        PlanOutcome outcome = plan(target, timeline);
        assertThat(outcome).isInstanceOf(PlanOutcome.Refused.class);
        Claim claim = ((PlanOutcome.Refused) outcome).claim();
        assertThat(claim.code()).as(claim.toString()).isEqualTo(code);
        assertThat(claim.hint()).isNotBlank();
        return claim;
    }

    private RestorePlan reachable(RecoveryTarget target) throws IOException {
        return ((PlanOutcome.Reachable) plan(target, FIRST)).plan();
    }

    private Path file(Lsn position) {
        return archive.resolve(
                SegmentName.holding(FIRST, position, SEGMENT_SIZE).fileName());
    }

    /** A target between two commits that lie segments apart, with the segment in the middle. */
    private Lsn middleSegment() {
        List<WalRecord> commits = commitsAfterTheBackup();
        Lsn target = commits.get(commits.size() - 1).start();
        Lsn middle = SegmentName.before(FIRST, backup.stopLsn(), SEGMENT_SIZE).end();
        assertThat(SegmentName.holding(FIRST, target, SEGMENT_SIZE).start())
                .as("the target lies behind the segment in the middle")
                .isGreaterThan(middle);
        return middle;
    }

    private RecoveryTarget atTheLastCommit() {
        List<WalRecord> commits = commitsAfterTheBackup();
        return new RecoveryTarget.AtLsn(commits.get(commits.size() - 1).start(), false);
    }

    @Test
    void aWholeArchiveIsPlannedWithTheFilesThatRecoveryMayAskFor() throws IOException {
        RestorePlan plan = reachable(atTheLastCommit());

        assertThat(plan.segments().get(0)).isEqualTo(SegmentName.holding(FIRST, backup.startLsn(), SEGMENT_SIZE));
        assertThat(plan.segments())
                .allSatisfy(segment -> assertThat(segment.timeline()).isEqualTo(FIRST));
        assertThat(plan.files())
                .contains("00000002.history")
                .contains(String.valueOf(
                        file(plan.prediction().walEnd().validThrough().plus(-1)).getFileName()));
    }

    @Test
    void aGapBeforeTheTargetIsRefusedWithTheSegmentAndTheLastProvableCommit() throws IOException {
        Lsn gap = middleSegment();
        Files.delete(file(gap));

        Claim claim = refusal(atTheLastCommit(), "WAL_GAP");

        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.expected()).contains("13:59");
        assertThat(claim.found())
                .contains("segment " + file(gap).getFileName() + " is not in the archive, though later ones are")
                .containsPattern("last provable commit: xid \\d+ at |no commit can be proved");
    }

    @Test
    void theLastProvableCommitIsTheLastOneBeforeTheGap() throws IOException {
        List<WalRecord> commits = commitsAfterTheBackup();
        WalRecord last = commits.get(commits.size() - 1);
        Lsn gap = SegmentName.holding(FIRST, last.start(), SEGMENT_SIZE).start();
        WalRecord provable = commits.stream()
                .filter(commit -> !commit.end().isAfter(gap))
                .reduce((a, b) -> b)
                .orElseThrow();
        Files.delete(file(gap));
        Files.copy(file(gap.plus(-1)), file(last.end().plus(SEGMENT_SIZE))); // any later segment

        Claim claim = refusal(atTheLastCommit(), "WAL_GAP");

        assertThat(claim.found())
                .contains("last provable commit: xid " + provable.xid() + " at " + time(provable) + " ("
                        + provable.start() + ")");
        assertThat(claim.hint()).contains("or restore to a time before " + time(provable));
        assertThat(plan(new RecoveryTarget.AtLsn(provable.start(), false), FIRST))
                .as("the way out that the hint names")
                .isInstanceOf(PlanOutcome.Reachable.class);
    }

    @Test
    void aGapBehindTheTargetDoesNotMatter() throws IOException {
        Files.delete(file(middleSegment()));

        RestorePlan plan = reachable(new RecoveryTarget.Immediate());

        assertThat(plan.segments())
                .allSatisfy(segment -> assertThat(segment.start()).isLessThan(middleSegment()));
    }

    @Test
    void allTheWalThereIsMustHaveNoGap() throws IOException {
        assertThat(plan(new RecoveryTarget.Latest(), FIRST)).isInstanceOf(PlanOutcome.Reachable.class);
        Files.delete(file(middleSegment()));

        refusal(new RecoveryTarget.Latest(), "WAL_GAP");
    }

    @Test
    void aDamagedSegmentIsRefusedWithThePlace() throws IOException {
        Lsn middle = middleSegment();
        byte[] content = Files.readAllBytes(file(middle));
        content[SEGMENT_SIZE / 2] ^= 0x10;
        Files.write(file(middle), content);

        Claim claim = refusal(atTheLastCommit(), "WAL_CORRUPT");

        assertThat(claim.found())
                .contains("segment " + file(middle).getFileName() + " is damaged at ")
                .contains("expected ");
        refusal(new RecoveryTarget.Latest(), "WAL_CORRUPT");
        reachable(new RecoveryTarget.Immediate());
    }

    @Test
    void anotherClustersSegmentIsRefused() throws IOException {
        Lsn middle = middleSegment();
        byte[] content = Files.readAllBytes(file(middle));
        content[24] ^= 1; // the system identifier in the first page's long header
        Files.write(file(middle), content);

        Claim claim = refusal(atTheLastCommit(), "FOREIGN_WAL");

        assertThat(claim.expected()).contains(Long.toUnsignedString(systemIdentifier));
        assertThat(claim.found())
                .contains("segment " + file(middle).getFileName() + " is of system "
                        + Long.toUnsignedString(systemIdentifier ^ 1));
    }

    @Test
    void anotherClustersArchiveIsRefused() throws IOException {
        backup = backup(backup.startLsn(), backup.label().checkpointLsn(), backup.stopLsn(), systemIdentifier + 1);

        Claim claim = refusal(atTheLastCommit(), "FOREIGN_WAL");

        assertThat(claim.hint()).contains("another cluster");
    }

    @Test
    void anotherClustersSegmentThatNobodyNeedsDoesNotMatter() throws IOException {
        SegmentName first;
        try (DirectoryArchive directory = DirectoryArchive.open(archive)) {
            first = directory.segments().get(0);
        }
        assertThat(first.end()).isLessThan(backup.startLsn());
        byte[] content = Files.readAllBytes(archive.resolve(first.fileName()));
        content[24] ^= 1;
        Files.write(archive.resolve(first.fileName()), content);

        reachable(atTheLastCommit());
    }

    @Test
    void aTimeBeforeTheBackupIsRefused() throws IOException {
        Claim claim = refusal(at(Instant.parse("2001-01-01T00:00:00Z")), "BEFORE_CONSISTENCY");

        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.expected()).contains("nightly");
        assertThat(claim.found()).contains("13:59 lies before it");
    }

    @Test
    void anLsnBeforeTheEndOfTheBackupIsRefused() throws IOException {
        refusal(new RecoveryTarget.AtLsn(backup.startLsn(), true), "BEFORE_CONSISTENCY");
    }

    @Test
    void aTimeBehindTheLastCommitIsUnprovenAndNamesTheNearestProvableOne() throws IOException {
        List<WalRecord> commits = commitsAfterTheBackup();
        WalRecord last = commits.get(commits.size() - 1);

        Claim claim = refusal(at(time(last).plusSeconds(60)), "AFTER_LAST_COMMIT");

        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.found()).contains("last provable commit: xid " + last.xid() + " at " + time(last));
        assertThat(claim.hint()).contains("or restore to a time before " + time(last));
        reachable(at(time(last).minusNanos(1000)));
    }

    @Test
    void theSegmentsOfAnotherBranchAreNoSignOfAGap() throws IOException {
        Files.copy(
                archive.resolve(last("00000002")),
                archive.resolve(SegmentName.parse(last("00000002"), SEGMENT_SIZE)
                        .next()
                        .next()
                        .next()
                        .fileName()));

        refusal(at(Instant.parse("2100-01-01T00:00:00Z")), "AFTER_LAST_COMMIT");
    }

    private String last(String timeline) throws IOException {
        try (Stream<Path> files = Files.list(archive)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith(timeline) && SegmentName.isSegment(name))
                    .max(String::compareTo)
                    .orElseThrow();
        }
    }

    @Test
    void whatIsNotInTheWalIsNotReached() throws IOException {
        Claim claim = refusal(new RecoveryTarget.Name("nowhere"), "TARGET_NOT_REACHED");

        assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.found()).contains("the archive ends at ").contains("last provable commit");
    }

    @Test
    void anArchiveThatEndsBeforeTheBackupIsAGap() throws IOException {
        try (Stream<Path> files = Files.list(archive)) {
            String needed = String.valueOf(file(backup.stopLsn().plus(-1)).getFileName());
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (SegmentName.isSegment(name) && name.substring(8).compareTo(needed.substring(8)) >= 0) {
                    Files.delete(file);
                }
            }
        }

        for (RecoveryTarget target :
                List.of(at(Instant.parse("2100-01-01T00:00:00Z")), new RecoveryTarget.Latest(), atTheLastCommit())) {
            Claim claim = refusal(target, "WAL_GAP");
            assertThat(claim.verdict()).isEqualTo(Verdict.REFUTED);
            assertThat(claim.expected()).contains(backup.stopLsn().toString());
        }
    }

    @Test
    void aTargetOnAnotherBranchIsFoundOnThatTimeline() throws IOException {
        assertThat(plan(new RecoveryTarget.Name("fork"), FIRST)).isInstanceOf(PlanOutcome.Reachable.class);
        PlanOutcome outcome = plan(new RecoveryTarget.Latest(), SECOND);
        assertThat(outcome).isInstanceOf(PlanOutcome.Reachable.class);
        assertThat(outcome.prediction().applied()).last().satisfies(end -> assertThat(end.timeline())
                .isEqualTo(SECOND));
        assertThat(plan(new RecoveryTarget.Latest(), new TimelineChoice.Latest())
                        .prediction())
                .isEqualTo(outcome.prediction());
    }

    @Test
    void aBackupFromBehindTheForkDoesNotLeadToTheOtherBranch() throws IOException {
        Lsn behind = last(WalEntry.SegmentSwitch.class, records).start();
        backup = backup(behind, behind, behind, systemIdentifier);

        Claim claim = refusal(new RecoveryTarget.Latest(), SECOND, "WRONG_BRANCH");

        assertThat(claim.found()).contains("timeline path [1, 2], which leaves timeline 1 at ");
    }

    @Test
    void aTimelineWithoutItsHistoryFileIsRefused() throws IOException {
        Files.delete(archive.resolve("00000002.history"));

        Claim claim = refusal(new RecoveryTarget.Latest(), SECOND, "WRONG_BRANCH");

        assertThat(claim.found()).contains("timeline 2, of which the archive has no history file");
    }
}
