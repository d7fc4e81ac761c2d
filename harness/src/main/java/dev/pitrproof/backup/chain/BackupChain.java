package dev.pitrproof.backup.chain;

import dev.pitrproof.backup.BackupFindings;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BackupVerification;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.ControlData;
import dev.pitrproof.backup.Mismatch;
import dev.pitrproof.backup.VerificationProgress;
import dev.pitrproof.backup.VerificationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A full backup and the incremental backups that were taken after it, each to the one before, in plain format.
 *
 * <p>What pg_combinebackup does, read from the same files a second time: it is the format's description that counts, not
 * the tool. Nothing is made durable, for what comes out is there to be restored at once.
 */
public final class BackupChain {

    /** Gives the directories into which a combined backup's tablespaces go. */
    @FunctionalInterface
    public interface TablespacePlaces {
        /** An empty directory for the tablespace with this OID. */
        Path place(String oid) throws IOException;
    }

    private final List<BaseBackup> members;

    private BackupChain(List<BaseBackup> members) {
        this.members = members;
    }

    /**
     * Opens backups and checks that each belongs to the one before it.
     *
     * @param oldestFirst their directories; the first is that of a full backup
     * @throws BrokenChainException if they are no chain
     * @throws IOException if one of them is no backup
     */
    public static BackupChain of(List<Path> oldestFirst) throws IOException {
        List<BaseBackup> members = new ArrayList<>();
        for (Path directory : oldestFirst) {
            if (!Files.isRegularFile(directory.resolve(BackupLabel.FILE_NAME))) {
                throw new BrokenChainException(
                        "directory \"" + directory + "\" is no base backup: it has no " + BackupLabel.FILE_NAME,
                        "name the directories of backups in plain format");
            }
            members.add(BaseBackup.open(directory));
        }
        for (BaseBackup member : members) {
            requireManifest(member);
        }
        requireFull(members.get(0));
        for (int i = 1; i < members.size(); i++) {
            requireLink(members.get(i - 1), members.get(i));
        }
        return new BackupChain(List.copyOf(members));
    }

    /** The newest, of which the combined backup is the full form. */
    public BaseBackup newest() {
        return members.get(members.size() - 1);
    }

    /** How many backups it is made of. */
    public int length() {
        return members.size();
    }

    List<BaseBackup> members() {
        return members;
    }

    private static String name(BaseBackup member) {
        return "\"" + member.directory() + "\"";
    }

    private static void requireManifest(BaseBackup member) throws IOException {
        if (!member.manifest().isPresent()) {
            throw new BrokenChainException(
                    "backup " + name(member) + " has no manifest: a chain cannot be checked without",
                    "take backups with a manifest; an incremental backup cannot be taken to one without in any case");
        }
        Long inManifest = member.manifest().systemIdentifier();
        if (inManifest != null && inManifest != member.systemIdentifier()) {
            throw new BrokenChainException(
                    "backup " + name(member) + " is of system " + Long.toUnsignedString(member.systemIdentifier())
                            + " by its pg_control, and of " + Long.toUnsignedString(inManifest) + " by its manifest",
                    "files of two backups are mixed: get the backup from another copy");
        }
    }

    private static void requireFull(BaseBackup oldest) throws IOException {
        BackupLabel.Beginning to = oldest.label().incrementalTo();
        if (to != null) {
            throw new BrokenChainException(
                    "backup " + name(oldest) + " is incremental, to a backup that begins at " + to
                            + ": expected a full backup as the oldest",
                    "name the full backup with --backup, and the incremental ones behind it with --incremental, oldest first");
        }
    }

    private static void requireLink(BaseBackup before, BaseBackup member) throws IOException {
        BackupLabel.Beginning to = member.label().incrementalTo();
        if (to == null) {
            throw new BrokenChainException(
                    "backup " + name(member) + " is a full backup: expected one that is incremental to " + name(before),
                    "leave out what lies before a full backup: it begins a chain of its own");
        }
        if (member.systemIdentifier() != before.systemIdentifier()) {
            throw new BrokenChainException(
                    "backup " + name(member) + " is of system " + Long.toUnsignedString(member.systemIdentifier())
                            + ": expected " + Long.toUnsignedString(before.systemIdentifier()) + " as that of "
                            + name(before),
                    "name backups of one cluster");
        }
        if (!to.equals(before.label().beginning())) {
            throw new BrokenChainException(
                    "backup " + name(member) + " is incremental to a backup that begins at " + to + ": found "
                            + name(before) + ", which begins at "
                            + before.label().beginning(),
                    "name all backups of the chain, oldest first; the one in between may be missing");
        }
        int version = ControlData.read(before.directory()).controlVersion();
        int found = ControlData.read(member.directory()).controlVersion();
        if (found != version) {
            throw new BrokenChainException(
                    "backup " + name(member) + " has a pg_control of version " + found + ": expected " + version
                            + " as that of " + name(before),
                    "name backups of one cluster");
        }
    }

    /**
     * Compares every file of every member with its manifest.
     *
     * @throws BrokenChainException names the first that differs
     */
    public void verify(int threads) throws IOException {
        for (BaseBackup member : members) {
            BackupFindings findings = BackupVerification.of(member.directory(), VerificationSettings.ofThreads(threads))
                    .run(VerificationProgress.SILENT);
            if (!findings.mismatches().isEmpty()) {
                Mismatch first = findings.mismatches().get(0);
                throw new BrokenChainException(
                        "backup " + name(member) + " is damaged: " + first
                                + (findings.mismatches().size() == 1
                                        ? ""
                                        : ", and " + (findings.mismatches().size() - 1) + " more"),
                        "get the backup from another copy: a chain is as good as the worst of its members");
            }
            if (!findings.unreadable().isEmpty()) {
                throw new IOException(findings.unreadable().get(0));
            }
        }
    }

    /**
     * Writes the full backup that the chain amounts to: a data directory with a {@code backup_label} and a manifest of its
     * own, with CRC-32C sums. The members are only read; have them compared with their manifests before.
     *
     * @param into an empty directory
     * @param places where its tablespaces go, which get links under {@code pg_tblspc}
     * @throws BrokenChainException if a file of the chain is missing or cannot be made sense of
     */
    public BaseBackup combine(Path into, TablespacePlaces places) throws IOException {
        new Combination(this, into, places).write();
        return BaseBackup.open(into);
    }
}
