package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveFingerprint;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupFingerprint;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.Restore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One restore of a scenario, from its plan to its evidence. */
final class RestoreDrill {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreDrill.class);

    private final Sandbox sandbox;
    private final Recording recording;
    private final Restore entry;
    private final int number;
    private final DrillOptions options;
    private final DrillRecorder recorder;
    private final Barrier barrier;
    private final List<Claim> claims = new ArrayList<>();

    RestoreDrill(
            Sandbox sandbox,
            Recording recording,
            Restore entry,
            int number,
            DrillOptions options,
            DrillRecorder recorder) {
        this.sandbox = sandbox;
        this.recording = recording;
        this.entry = entry;
        this.number = number;
        this.options = options;
        this.recorder = recorder;
        this.barrier = recording.moment(entry.to());
    }

    /** Plans, and where the plan allows it restores, asks and judges. */
    Evidence run() throws IOException {
        DrillFacts facts = new DrillFacts(recording, entry, barrier);
        try (DirectoryArchive archive = DirectoryArchive.open(recording.archive())) {
            BaseBackup backup = Objects.requireNonNull(recording.backups().get(entry.from()));
            RecoveryTarget target =
                    new RecoveryTarget.Time(barrier.serverTime(), entry.to().inclusive());
            PlanOutcome outcome =
                    new RestorePlanner(backup, archive, target, facts.targetInWords()).plan(backup.timeline());
            facts.planned(backup, archive, outcome);
            claims.add(backupIntact(backup));
            if (outcome instanceof PlanOutcome.Refused refused) {
                claims.add(refused.claim());
                facts.leaveOpen(claims, "not checked: the plan refused the restore, and nothing was copied");
            } else if (outcome instanceof PlanOutcome.Reachable reachable) {
                restore(reachable.plan(), facts);
            }
        } catch (IOException | SQLException | RuntimeException e) {
            giveUp(facts, e);
        }
        return recorder.record(number, entry, claims, facts);
    }

    private void giveUp(DrillFacts facts, Exception e) {
        LOG.error("restore {} broke off", number, e);
        BreakOff why = BreakOff.of(e);
        boolean targetJudged = claims.stream().anyMatch(claim -> claim.claim().equals(TargetClaim.NAME));
        claims.add(new Claim(
                targetJudged ? "restore" : TargetClaim.NAME,
                Verdict.UNPROVEN,
                why.code().name(),
                "a restore that can be asked",
                why.found(),
                why.hint(),
                List.of()));
        facts.leaveOpen(claims, "not checked: the restore broke off");
    }

    private void restore(RestorePlan plan, DrillFacts facts) throws IOException, SQLException {
        ArchiveFingerprint before = fingerprint(plan);
        BackupFingerprint backup = fingerprint(plan.backup());
        facts.fingerprint(before);
        try {
            recover(plan, facts);
        } finally {
            // whatever became of the restore, it must have changed neither the archive nor the backup
            claims.add(archiveUnchanged(before.changedTo(fingerprint(plan))));
            claims.add(backupUnchanged(backup, fingerprint(plan.backup())));
        }
    }

    private void recover(RestorePlan plan, DrillFacts facts) throws IOException, SQLException {
        try (dev.pitrproof.restore.Restore restore =
                dev.pitrproof.restore.Restore.start(sandbox, plan, "restore-" + number, options.patience())) {
            facts.copied(restore.copyMethod());
            facts.attach("restore-requests.txt", restore.requests());
            facts.attach("restored-server.log", restore.cluster().logFile());
            facts.paused(restore.awaitPause());
            facts.promoted(restore.promote());
            facts.phases(restore.phases());
            claims.add(facts.judgeTarget(plan));
            try (Connection connection = restore.connect()) {
                judge(new DataClaims(connection, recording.digests()), facts);
            }
        }
    }

    private static ArchiveFingerprint fingerprint(RestorePlan plan) throws IOException {
        return ArchiveFingerprint.of(plan.archive().directory(), plan.segments());
    }

    static BackupFingerprint fingerprint(BaseBackup backup) throws IOException {
        return BackupFingerprint.of(backup.directory());
    }

    static Claim backupUnchanged(BackupFingerprint before, BackupFingerprint after) {
        Optional<String> change = before.changedTo(after);
        return new Claim(
                "backup-unchanged",
                change.isPresent() ? Verdict.REFUTED : Verdict.PROVEN,
                (change.isPresent() ? FindingCode.SIDE_EFFECT : FindingCode.NO_SIDE_EFFECT).name(),
                "the backup is as it was before the restore",
                change.orElseGet(() -> after.files().size() + " files and directories with the same sizes and times"
                        + (after.sha256() == null ? "; contents not compared" : " and contents")),
                change.isPresent()
                        ? "something writes into the backup while restores run: make it read-only, and take a new one"
                        : null,
                List.of("backup's files"));
    }

    static Claim backupIntact(BaseBackup backup) {
        return new Claim(
                "backup-intact",
                backup.isSound() ? Verdict.PROVEN : Verdict.REFUTED,
                (backup.isSound() ? FindingCode.BACKUP_INTACT : FindingCode.BACKUP_DAMAGED).name(),
                "every file is what the manifest says, and no page failed its checksum",
                backup.isSound()
                        ? backup.manifest().files().size() + " files checked while they streamed"
                        : String.join("; ", backup.damage()),
                backup.isSound() ? null : "find out what damages the source's files before you rely on its backups",
                List.of("backup manifest", "server's page checksums"));
    }

    static Claim archiveUnchanged(Optional<String> change) {
        return new Claim(
                "archive-unchanged",
                change.isPresent() ? Verdict.REFUTED : Verdict.PROVEN,
                (change.isPresent() ? FindingCode.SIDE_EFFECT : FindingCode.NO_SIDE_EFFECT).name(),
                "the archive is as it was before the restore",
                change.orElse("same files, sizes, times and content"),
                change.isPresent() ? "something writes into the archive while restores run: make it read-only" : null,
                List.of("archive's files"));
    }

    /** A check that cannot be carried out leaves its own claim open, and no other. */
    private void judge(DataClaims data, DrillFacts facts) {
        for (ClaimSpec claim : entry.prove()) {
            try {
                judge(claim, data, facts).ifPresent(claims::add);
            } catch (SQLException e) {
                LOG.warn("claim {} could not be checked", ClaimNames.of(claim), e);
                claims.add(new Claim(
                        ClaimNames.of(claim),
                        Verdict.UNPROVEN,
                        FindingCode.NOTHING_TO_PROVE.name(),
                        ClaimNames.of(claim),
                        "could not be checked: " + BreakOff.inWords(e),
                        "correct the claim, or find out why the restored cluster could not answer",
                        List.of()));
            }
        }
    }

    private static Optional<Claim> judge(ClaimSpec claim, DataClaims data, DrillFacts facts) throws SQLException {
        if (claim instanceof ClaimSpec.TableExists exists) {
            return Optional.of(data.tableExists(exists));
        } else if (claim instanceof ClaimSpec.TableAbsent absent) {
            return Optional.of(data.tableAbsent(absent));
        } else if (claim instanceof ClaimSpec.SameAs same) {
            return Optional.of(data.sameAs(same));
        } else if (claim instanceof ClaimSpec.Query query) {
            return Optional.of(data.query(query));
        } else if (claim instanceof ClaimSpec.RecoveredWithin within) {
            return Optional.of(ObjectiveClaims.recoveredWithin(within, facts.recoverySeconds()));
        } else if (claim instanceof ClaimSpec.LostAtMost lost) {
            return Optional.of(ObjectiveClaims.lostAtMost(lost, facts.lossOnStoryClock()));
        }
        return Optional.empty(); // the target was judged before
    }
}
