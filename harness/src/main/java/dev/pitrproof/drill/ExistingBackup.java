package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupFindings;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BackupVerification;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.ControlData;
import dev.pitrproof.backup.DamagedBackupException;
import dev.pitrproof.backup.Mismatch;
import dev.pitrproof.backup.TarBackup;
import dev.pitrproof.backup.VerificationProgress;
import dev.pitrproof.backup.VerificationSettings;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A base backup that somebody else made, plain or in tar format: compared with its manifest, and made ready to restore. */
final class ExistingBackup {

    static final String INTACT = "backup-intact";

    private static final String EXPECTED = "every file is what the manifest says";

    private final Path directory;
    private final Sandbox sandbox;
    private final String unpackedName;
    private final boolean structureTells;

    /** @param structureTells whether the restored cluster's structure is checked, too */
    ExistingBackup(Path directory, Sandbox sandbox, boolean structureTells) {
        this(directory, sandbox, "unpacked", structureTells);
    }

    /** @param unpackedName of the directory in the sandbox that one in tar format is unpacked into */
    ExistingBackup(Path directory, Sandbox sandbox, String unpackedName, boolean structureTells) {
        this.directory = directory;
        this.sandbox = sandbox;
        this.unpackedName = unpackedName;
        this.structureTells = structureTells;
    }

    /** What was found. */
    sealed interface Examined {

        /**
         * A backup that a restore can be tried from, sound or not.
         *
         * @param backup in plain format; one in tar format was unpacked into the sandbox
         * @param intact empty if there is no manifest, but the structure of what is restored will tell
         */
        record Usable(BaseBackup backup, Optional<Claim> intact) implements Examined {}

        /** Nothing that a restore could begin with. */
        record Unusable(Claim why) implements Examined {}
    }

    /**
     * Compares every file with the manifest.
     *
     * @throws IOException if the backup cannot be read, or there is no space to unpack it
     */
    Examined examine() throws IOException {
        if (!TarBackup.isTar(directory)) {
            BackupFindings findings = BackupVerification.of(directory, VerificationSettings.everything())
                    .run(VerificationProgress.SILENT);
            return examined(directory, findings);
        }
        try {
            Path unpacked = sandbox.createDirectory(unpackedName);
            BackupFindings findings = TarBackup.open(directory)
                    .unpack(
                            unpacked,
                            oid -> sandbox.createDirectory(unpackedName + "-tablespace-" + oid),
                            VerificationSettings.everything(),
                            VerificationProgress.SILENT);
            return examined(unpacked, findings);
        } catch (DamagedBackupException e) {
            return new Examined.Unusable(damaged(String.valueOf(e.getMessage())));
        }
    }

    private Examined examined(Path plain, BackupFindings findings) throws IOException {
        Optional<Claim> intact = intact(findings);
        if (!Files.exists(plain.resolve(BackupLabel.FILE_NAME))) {
            boolean wasStarted = Files.exists(plain.resolve(BackupLabel.OLD_FILE_NAME));
            return new Examined.Unusable(intact.filter(claim -> claim.verdict() == Verdict.REFUTED)
                    .map(damage -> wasStarted ? startedOn() : damage)
                    .orElseGet(() -> withoutLabel(plain)));
        }
        return new Examined.Usable(BaseBackup.open(plain), intact);
    }

    /** Recovery of a copy of a running server that has no backup_label begins too late, and nobody notices. */
    private static Claim withoutLabel(Path plain) {
        boolean stopped;
        try {
            ControlData.State state = ControlData.read(plain).state();
            stopped = state == ControlData.State.SHUTDOWNED || state == ControlData.State.SHUTDOWNED_IN_RECOVERY;
        } catch (IOException e) {
            return damaged(String.valueOf(e.getMessage()));
        }
        if (stopped) {
            return new Claim(
                    INTACT,
                    Verdict.UNPROVEN,
                    FindingCode.NOTHING_TO_PROVE.name(),
                    "a base backup with a " + BackupLabel.FILE_NAME,
                    "a copy of a server that was shut down",
                    "take a base backup: a cold copy does not say which WAL belongs to it",
                    List.of());
        }
        return damaged("it has no " + BackupLabel.FILE_NAME
                + ": a recovery would begin at the last checkpoint that the copy knows of, and not at the one with which"
                + " the backup began");
    }

    private static Claim startedOn() {
        return new Claim(
                INTACT,
                Verdict.REFUTED,
                FindingCode.BACKUP_DAMAGED.name(),
                EXPECTED,
                "a server was started on it, which has written to it: " + BackupLabel.FILE_NAME + " is "
                        + BackupLabel.OLD_FILE_NAME + " now",
                "get the backup from another copy; to prove what that server has recovered, name it with --data",
                List.of("backup label"));
    }

    private Optional<Claim> intact(BackupFindings findings) {
        if (!findings.mismatches().isEmpty()) {
            return Optional.of(damaged(Excerpt.of(
                    findings.mismatches().stream().map(Mismatch::toString).toList())));
        }
        if (!findings.unreadable().isEmpty()) {
            return Optional.of(new Claim(
                    INTACT,
                    Verdict.UNPROVEN,
                    FindingCode.ENVIRONMENT.name(),
                    EXPECTED,
                    "could not be read: " + Excerpt.of(findings.unreadable()),
                    "run as a user who may read the backup, and check the disk it is on",
                    List.of()));
        }
        if (!findings.hasManifest()) {
            return structureTells ? Optional.empty() : Optional.of(withoutManifest());
        }
        String bySize = findings.filesBySizeOnly() == 0
                ? ""
                : String.format(Locale.ROOT, ", %,d of them by size only", findings.filesBySizeOnly());
        return Optional.of(new Claim(
                INTACT,
                Verdict.PROVEN,
                FindingCode.BACKUP_INTACT.name(),
                EXPECTED,
                String.format(
                        Locale.ROOT,
                        "%,d files, %,.1f MB, compared with the manifest%s",
                        findings.files(),
                        findings.bytes() / 1e6,
                        bySize),
                null,
                List.of("backup manifest")));
    }

    private static Claim withoutManifest() {
        return new Claim(
                INTACT,
                Verdict.UNPROVEN,
                FindingCode.NOTHING_TO_PROVE.name(),
                EXPECTED,
                "the backup has no manifest",
                "let the structure be checked, too, or take the backup with a manifest",
                List.of());
    }

    private static Claim damaged(String found) {
        return new Claim(
                INTACT,
                Verdict.REFUTED,
                FindingCode.BACKUP_DAMAGED.name(),
                EXPECTED,
                found,
                "get the backup from another copy, or take a new one",
                List.of("backup manifest"));
    }
}
