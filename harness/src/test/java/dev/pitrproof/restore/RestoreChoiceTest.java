package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.restore.RestoreChoice.Result;
import dev.pitrproof.restore.RestoreChoice.Way;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.RecordedWal;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which backup and which timeline lead to a target, on an archive with a fork that a real server wrote. */
@ExtendWith(RecordedWal.Resolver.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class RestoreChoiceTest {

    private static final TimelineId FIRST = TimelineId.FIRST;
    private static final TimelineId SECOND = new TimelineId(2);

    private DirectoryArchive archive;
    private List<WalRecord> onFirst;
    private List<WalRecord> onSecond;
    private Lsn fork;
    private List<BaseBackup> backups;

    @BeforeEach
    void open(RecordedWal wal) throws IOException {
        archive = DirectoryArchive.open(wal.archive());
        TimelineHistory second = archive.history(SECOND).orElseThrow();
        fork = second.endOf(FIRST).orElseThrow();
        onFirst = read(TimelineHistory.of(FIRST));
        onSecond = read(second);
        backups = new ArrayList<>();
        for (WalRecord record : onFirst) {
            if (record.entry() instanceof WalEntry.BackupEnd end && record.end().isBefore(fork)) {
                backups.add(backup(end.backupStart(), record.end()));
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        archive.close();
    }

    private List<WalRecord> read(TimelineHistory path) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        new WalReader(archive, path, archive.segmentSize())
                .read(archive.segments().get(0).start(), records::add);
        return records;
    }

    private BaseBackup backup(Lsn redo, Lsn end) {
        Lsn checkpoint = onFirst.stream()
                .filter(record -> record.entry() instanceof WalEntry.Checkpoint found
                        && found.redo().equals(redo))
                .map(WalRecord::start)
                .findFirst()
                .orElseThrow();
        return new BaseBackup(
                Path.of("/nowhere"),
                new BackupLabel(redo, checkpoint, "streamed", "primary", "", "at " + redo, FIRST),
                BackupManifest.ABSENT,
                redo,
                end,
                FIRST,
                archive.systemIdentifier(),
                "",
                0,
                Duration.ZERO,
                List.of(),
                List.of());
    }

    private Result choose(RecoveryTarget target, Optional<TimelineId> timeline) throws IOException {
        return new RestoreChoice(backups, archive, target, "the target")
                .choose(timeline.map(TimelineChoice.Numbered::new));
    }

    private static WalRecord firstCommitBehind(Lsn position, List<WalRecord> records) {
        return records.stream()
                .filter(record -> record.start().isAfter(position))
                .filter(record -> record.entry() instanceof WalEntry.TransactionEnd end
                        && end.kind().commits())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theYoungestBackupThatLeadsThereIsChosen() throws IOException {
        BaseBackup youngest = backups.get(backups.size() - 1);
        Lsn target = firstCommitBehind(youngest.stopLsn(), onFirst).start();

        Result result = choose(new RecoveryTarget.AtLsn(target, true), Optional.empty());

        assertThat(result).isInstanceOfSatisfying(Result.Chosen.class, chosen -> {
            assertThat(chosen.way().backup()).isEqualTo(youngest);
            assertThat(chosen.way().plan()).isPresent();
        });
    }

    @Test
    void aTargetBehindTheForkFollowsTheTimelineThatHoldsIt() throws IOException {
        Lsn target = firstCommitBehind(fork, onSecond).start();

        Result result = choose(new RecoveryTarget.AtLsn(target, true), Optional.of(SECOND));

        assertThat(result).isInstanceOfSatisfying(Result.Chosen.class, chosen -> assertThat(
                        chosen.way().timeline())
                .isEqualTo(SECOND));
    }

    @Test
    void twoTimelinesThatHoldTheTargetAreAQuestion() throws IOException {
        // both go on behind the fork: the old primary was not told
        Lsn target = firstCommitBehind(fork, onFirst).start();
        assertThat(firstCommitBehind(fork, onSecond).start()).isNotNull();

        List<Way> ways = choose(new RecoveryTarget.Latest(), Optional.empty()).ways();
        Result result = choose(new RecoveryTarget.Latest(), Optional.empty());

        assertThat(target).isNotNull();
        assertThat(ways).extracting(Way::timeline).contains(FIRST, SECOND);
        assertThat(result)
                .isInstanceOfSatisfying(Result.Ambiguous.class, ambiguous -> assertThat(ambiguous.candidates())
                        .extracting(Way::timeline)
                        .contains(FIRST, SECOND));
    }

    @Test
    void aTargetThatNoWayLeadsToNamesTheWindowOfEach() throws IOException {
        Result result = choose(new RecoveryTarget.Name("nowhere"), Optional.of(FIRST));

        assertThat(result).isInstanceOf(Result.None.class);
        assertThat(result.ways()).hasSameSizeAs(backups).allSatisfy(way -> {
            assertThat(way.plan()).isEmpty();
            assertThat(way.window().first()).isPresent();
            assertThat(way.window().last()).isPresent();
        });
    }
}
