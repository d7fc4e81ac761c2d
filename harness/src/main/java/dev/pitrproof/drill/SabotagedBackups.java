package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.fault.BackupFault;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A copy of a backup of which one file is not what it should be, examined as a backup that somebody else made.
 *
 * <p>Without a manifest there is nothing that a single byte would contradict before the restore.
 */
final class SabotagedBackups {

    private final RepeatedProof proof;
    private final BaseBackup backup;
    private final DrillListener listener;

    SabotagedBackups(RepeatedProof proof, DrillListener listener) {
        this.proof = proof;
        this.backup = proof.sound().backup();
        this.listener = listener;
    }

    List<SabotageTrial> trials() throws IOException {
        Optional<String> victim = largestTable(backup);
        if (victim.isEmpty()) {
            return Arrays.stream(BackupFault.values())
                    .<SabotageTrial>map(fault -> new SabotageTrial.NotApplicable(
                            fault.words(), "the backup has no manifest that names a table's file"))
                    .toList();
        }
        try (SabotagedSandbox place = new SabotagedSandbox(proof.sandbox(), SabotagedSandbox.Strike.NONE)) {
            Path copy = place.createDirectory(proof.name() + "-backup");
            copy(backup.directory(), copy);
            Path table = copy.resolve(victim.get());
            byte[] content = Files.readAllBytes(table);
            List<SabotageTrial> trials = new ArrayList<>();
            for (BackupFault fault : BackupFault.values()) {
                listener.sabotaged(fault.words());
                trials.add(trial(fault, copy, table));
                Files.write(table, content);
            }
            return trials;
        }
    }

    /** The file of a table that is the largest in a backup, if its manifest names one. */
    static Optional<String> largestTable(BaseBackup backup) {
        return backup.manifest().files().stream()
                .filter(file -> file.path().matches("base/\\d+/\\d+") && file.size() > 0)
                .max(Comparator.comparingLong(BackupManifest.FileEntry::size))
                .map(BackupManifest.FileEntry::path);
    }

    private SabotageTrial trial(BackupFault fault, Path copy, Path table) {
        try {
            fault.strike(table);
            ExistingBackup.Examined examined = new ExistingBackup(copy, proof.sandbox(), false).examine();
            Claim claim = examined instanceof ExistingBackup.Examined.Usable usable
                    ? usable.intact().orElseThrow()
                    : ((ExistingBackup.Examined.Unusable) examined).why();
            return RepeatedProof.tried(fault.words(), Set.of(fault.finding()), claim);
        } catch (IOException | RuntimeException e) {
            return RepeatedProof.brokenOff(fault.words(), e);
        }
    }

    /** Links to tablespaces are copied as links: what is in them is not struck. */
    static void copy(Path from, Path to) throws IOException {
        Path root = from.toRealPath();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(root.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = to.resolve(root.relativize(file).toString());
                if (attributes.isSymbolicLink()) {
                    Files.createSymbolicLink(copy, Files.readSymbolicLink(file));
                } else if (attributes.isRegularFile()) {
                    Files.copy(file, copy);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
