package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.chain.BackupChain;
import dev.pitrproof.backup.chain.BrokenChainException;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A full backup and the incremental ones behind it: each compared with its manifest, then combined in the sandbox into the
 * full backup that a restore begins with.
 */
final class ExistingChain {

    private static final String EXPECTED =
            "a full backup and each incremental one after it, every file as its manifest says";

    private final List<Path> directories;
    private final Sandbox sandbox;
    private final String name;
    private final boolean structureTells;

    /**
     * @param directories oldest first; one alone is a backup like any other, unless it is incremental
     * @param name of directories in the sandbox; no other examination has it
     * @param structureTells whether the restored cluster's structure is checked, too
     */
    ExistingChain(List<Path> directories, Sandbox sandbox, String name, boolean structureTells) {
        this.directories = directories;
        this.sandbox = sandbox;
        this.name = name;
        this.structureTells = structureTells;
    }

    /**
     * Compares, checks that the backups belong together, and combines them.
     *
     * @throws IOException if a backup cannot be read, or there is no space to combine them
     */
    ExistingBackup.Examined examine() throws IOException {
        List<Path> plain = new ArrayList<>();
        long files = 0;
        for (int i = 0; i < directories.size(); i++) {
            ExistingBackup.Examined examined = new ExistingBackup(
                            directories.get(i), sandbox, i == 0 ? name : name + "-" + i, structureTells)
                    .examine();
            if (!(examined instanceof ExistingBackup.Examined.Usable usable)) {
                return examined;
            }
            boolean alone = directories.size() == 1 && !usable.backup().label().isIncremental();
            if (alone) {
                return usable;
            }
            Optional<Claim> wrong = usable.intact().filter(claim -> claim.verdict() != Verdict.PROVEN);
            if (wrong.isPresent()) {
                return new ExistingBackup.Examined.Unusable(of(wrong.get(), directories.get(i)));
            }
            plain.add(usable.backup().directory());
            files += usable.backup().manifest().files().size();
        }
        try {
            BackupChain chain = BackupChain.of(plain);
            BaseBackup combined = combine(chain, sandbox, name);
            return new ExistingBackup.Examined.Usable(combined, Optional.of(intact(chain, files)));
        } catch (BrokenChainException e) {
            return new ExistingBackup.Examined.Unusable(broken(e));
        }
    }

    /** Combines what has been compared with its manifests already. */
    static BaseBackup combine(BackupChain chain, Sandbox sandbox, String name) throws IOException {
        Path into = sandbox.createDirectory(name + "-combined");
        return chain.combine(into, oid -> sandbox.createDirectory(name + "-combined-tablespace-" + oid));
    }

    private static Claim of(Claim claim, Path directory) {
        return new Claim(
                claim.claim(),
                claim.verdict(),
                claim.code(),
                claim.expected(),
                "of the chain, \"" + directory + "\": " + claim.found(),
                claim.hint(),
                claim.witnesses());
    }

    private static Claim intact(BackupChain chain, long files) {
        return new Claim(
                ExistingBackup.INTACT,
                Verdict.PROVEN,
                FindingCode.BACKUP_INTACT.name(),
                EXPECTED,
                String.format(
                        Locale.ROOT,
                        "%d backups, each incremental to the one before, with %,d files that are what their manifests say;"
                                + " combined by pitrproof",
                        chain.length(),
                        files),
                null,
                List.of("backup manifests", BackupLabel.FILE_NAME));
    }

    static Claim broken(BrokenChainException e) {
        return new Claim(
                ExistingBackup.INTACT,
                Verdict.REFUTED,
                FindingCode.BACKUP_DAMAGED.name(),
                EXPECTED,
                String.valueOf(e.getMessage()),
                e.hint(),
                List.of("backup manifests", BackupLabel.FILE_NAME));
    }
}
