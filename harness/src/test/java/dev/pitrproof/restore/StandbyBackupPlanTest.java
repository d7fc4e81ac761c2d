package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.RecordedWal;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Plans with the backup of a standby, which may follow its primary to timeline 2 while it is backed up. */
@ExtendWith(RecordedWal.Resolver.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class StandbyBackupPlanTest {

    private static final TimelineId FIRST = TimelineId.FIRST;
    private static final TimelineId SECOND = new TimelineId(2);

    @TempDir
    Path directory;

    @Test
    void isRefusedAlongATimelineOnWhichTheBackupsEndDoesNotLie(RecordedWal wal) throws IOException {
        try (DirectoryArchive archive = DirectoryArchive.open(wal.archive())) {
            Lsn fork = archive.history(SECOND).orElseThrow().beginOf(SECOND).orElseThrow();
            BaseBackup backup = backup(archive);

            writeControl(archive.systemIdentifier(), fork.plus(8), SECOND);
            PlanOutcome outcome = plan(backup, archive, FIRST);
            assertThat(outcome).isInstanceOf(PlanOutcome.Refused.class);
            Claim claim = ((PlanOutcome.Refused) outcome).claim();
            assertThat(claim.code()).isEqualTo("WRONG_BRANCH");
            assertThat(claim.expected()).contains("the backup's end, " + fork.plus(8) + " on timeline 2");
            assertThat(claim.hint()).contains("went over to timeline 2 while it was backed up");
            assertThat(plan(backup, archive, SECOND)).isInstanceOf(PlanOutcome.Reachable.class);

            writeControl(archive.systemIdentifier(), fork, FIRST); // it ends where the timelines part
            assertThat(plan(backup, archive, FIRST)).isInstanceOf(PlanOutcome.Reachable.class);
            assertThat(plan(backup, archive, SECOND)).isInstanceOf(PlanOutcome.Reachable.class);
        }
    }

    private static PlanOutcome plan(BaseBackup backup, DirectoryArchive archive, TimelineId timeline)
            throws IOException {
        return new RestorePlanner(backup, archive, new RecoveryTarget.Latest(), "the end")
                .plan(new TimelineChoice.Numbered(timeline));
    }

    /** The one that the recorded server ended last, as if it were a standby's. */
    private BaseBackup backup(DirectoryArchive archive) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        Lsn start = archive.segments().get(0).start();
        new WalReader(archive, TimelineHistory.of(FIRST), archive.segmentSize()).read(start, records::add);
        Lsn redo = records.stream()
                .filter(record -> record.entry() instanceof WalEntry.BackupEnd)
                .map(record -> ((WalEntry.BackupEnd) record.entry()).backupStart())
                .reduce((a, b) -> b)
                .orElseThrow();
        Lsn checkpoint = records.stream()
                .filter(record -> record.entry() instanceof WalEntry.Checkpoint found
                        && found.redo().equals(redo))
                .findFirst()
                .orElseThrow()
                .start();
        Files.createFile(directory.resolve(BackupLabel.FILE_NAME));
        return new BaseBackup(
                directory,
                new BackupLabel(redo, checkpoint, "streamed", "standby", "", "nightly", FIRST),
                BackupManifest.ABSENT,
                redo,
                Lsn.INVALID,
                FIRST,
                archive.systemIdentifier(),
                "",
                0,
                Duration.ZERO,
                List.of(),
                List.of());
    }

    /** As {@code pg_control.h} has it. */
    private void writeControl(long systemIdentifier, Lsn minRecoveryPoint, TimelineId timeline) throws IOException {
        ByteBuffer control = ByteBuffer.allocate(8192)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, systemIdentifier)
                .putInt(8, 1300)
                .putInt(16, 5)
                .putInt(48, 1)
                .putLong(136, minRecoveryPoint.value())
                .putInt(144, timeline.value());
        CRC32C sum = new CRC32C();
        sum.update(control.array(), 0, 288);
        control.putInt(288, (int) sum.getValue());
        Files.createDirectories(directory.resolve("global"));
        Files.write(directory.resolve("global").resolve("pg_control"), control.array());
    }
}
