package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveFingerprint;
import dev.pitrproof.backup.BackupFingerprint;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.restore.RestorePlan;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** That what a restore reads is whole, and that the restore has left it as it was. */
final class IntegrityClaims {

    private IntegrityClaims() {}

    /** @param subject what it is: a backup, a dump, or a copy that was restored elsewhere */
    static Claim unchanged(String subject, BackupFingerprint before, BackupFingerprint after) {
        Optional<String> change = before.changedTo(after);
        return new Claim(
                subject + "-unchanged",
                change.isPresent() ? Verdict.REFUTED : Verdict.PROVEN,
                (change.isPresent() ? FindingCode.SIDE_EFFECT : FindingCode.NO_SIDE_EFFECT).name(),
                "the " + subject + " is as it was before the restore",
                change.orElseGet(() -> after.files().size() + " files and directories with the same sizes and times"
                        + (after.contents() == null ? "; contents not compared" : " and contents")),
                change.isPresent()
                        ? "something writes into the " + subject
                                + " while restores run: make it read-only, and take a new one"
                        : null,
                List.of(subject + "'s files"));
    }

    /** Of a backup of ours, which was compared with its manifest while it streamed. */
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

    /** @param before of what the plan reads, taken before its restore */
    static Claim archiveUnchanged(ArchiveFingerprint before, RestorePlan plan) throws IOException {
        Optional<String> change = before.changedTo(before.again(plan.archive().store(), plan.segments()));
        return new Claim(
                "archive-unchanged",
                change.isPresent() ? Verdict.REFUTED : Verdict.PROVEN,
                (change.isPresent() ? FindingCode.SIDE_EFFECT : FindingCode.NO_SIDE_EFFECT).name(),
                "the archive is as it was before the restore",
                change.orElse("same files, sizes, times and content"),
                change.isPresent() ? "something writes into the archive while restores run: make it read-only" : null,
                List.of("archive's files"));
    }
}
