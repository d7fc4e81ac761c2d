package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.ControlData;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A data directory that another tool restored, and whose server is stopped.
 *
 * @param origin the backup it came from, as far as its own files tell; its directory is the data directory
 * @param state what the server was doing when it ended
 * @param minRecoveryPoint how far its recovery had come at least; 0/0 if that is over
 */
record ExistingCopy(BaseBackup origin, ControlData.State state, Lsn minRecoveryPoint) {

    private static final String LOCK_FILE = "postmaster.pid";

    /** Whether no server has been started on it yet: then it is to be proved as a backup is. */
    static boolean isUntouched(Path directory) {
        return Files.exists(directory.resolve(BackupLabel.FILE_NAME));
    }

    /** The process that a server of the directory has, as far as its lock file and this machine tell. */
    static Optional<Long> server(Path directory) throws IOException {
        try {
            List<String> lock = Files.readAllLines(directory.resolve(LOCK_FILE), StandardCharsets.ISO_8859_1);
            long process = lock.isEmpty() ? 0 : Long.parseLong(lock.get(0).trim());
            return ProcessHandle.of(process).filter(ProcessHandle::isAlive).map(ProcessHandle::pid);
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** @throws IOException with a user's message if control file or label are damaged; of a subclass if they are missing */
    static ExistingCopy open(Path directory) throws IOException {
        ControlData control = ControlData.read(directory);
        return new ExistingCopy(BaseBackup.behind(directory), control.state(), control.minRecoveryPoint());
    }

    static Claim damaged(IOException why) {
        return new Claim(
                TargetClaim.NAME,
                Verdict.REFUTED,
                FindingCode.BACKUP_DAMAGED.name(),
                "a data directory with sound control data and backup label",
                BreakOff.inWords(why),
                "restore the backup again",
                List.of("control data"));
    }

    static Claim withoutLabel() {
        return new Claim(
                TargetClaim.NAME,
                Verdict.UNPROVEN,
                FindingCode.NOTHING_TO_PROVE.name(),
                "a copy that tells by its " + BackupLabel.OLD_FILE_NAME + " where its recovery began",
                "it has no " + BackupLabel.OLD_FILE_NAME,
                "prove the backup that it came from: --backup",
                List.of());
    }

    /** Whether its recovery has not ended, so that it can be taken on to the target. */
    boolean isInRecovery() {
        return state == ControlData.State.SHUTDOWNED_IN_RECOVERY || state == ControlData.State.IN_ARCHIVE_RECOVERY;
    }

    /** What a reader should know of how the server ended. */
    List<String> notes() {
        if (isInRecovery()) {
            return List.of("the copy was stopped in its recovery, at " + minRecoveryPoint
                    + " or later; the sandbox's server went on from there");
        }
        return state == ControlData.State.SHUTDOWNED
                ? List.of()
                : List.of("the copy was not shut down in order; the sandbox's server had to recover it from a crash");
    }

    /** What follows from a plan for this copy: it cannot be taken back. */
    PlanOutcome judged(PlanOutcome outcome) {
        Lsn end = outcome.prediction().endLsn();
        if (!isInRecovery() || !end.isBefore(minRecoveryPoint)) {
            return outcome;
        }
        return new PlanOutcome.Refused(
                outcome.prediction(),
                new Claim(
                        TargetClaim.NAME,
                        Verdict.REFUTED,
                        FindingCode.STOPPED_LATE.name(),
                        "replayed up to " + end,
                        "replayed up to " + minRecoveryPoint + " at least",
                        "restore the backup again: a recovery does not go back",
                        List.of("control data")));
    }
}
