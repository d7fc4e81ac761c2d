package dev.pitrproof.drill;

import dev.pitrproof.backup.TarBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A chain of incremental backups with a link that is missing, misplaced or damaged, examined as somebody else's. */
final class SabotagedChains {

    private static final String FLIPPED = "a byte of an incremental file is another";
    private static final String GONE = "an incremental file is missing";
    private static final String MISSING = "a backup of the chain is missing";
    private static final String MISPLACED = "two backups of the chain are in the wrong order";

    private final Sandbox sandbox;
    private final String name;
    private final List<Path> chain;
    private final DrillListener listener;

    /** @param chain oldest first; empty if the backup is a full one */
    SabotagedChains(Sandbox sandbox, String name, List<Path> chain, DrillListener listener) {
        this.sandbox = sandbox;
        this.name = name;
        this.chain = chain;
        this.listener = listener;
    }

    List<SabotageTrial> trials() throws IOException {
        if (chain.size() < 2) {
            return List.of();
        }
        List<SabotageTrial> trials = new ArrayList<>(damaged());
        List<Path> shorter = new ArrayList<>(chain);
        shorter.remove(chain.size() - 2);
        trials.add(trial(MISSING, shorter));
        List<Path> swapped = new ArrayList<>(chain);
        Collections.swap(swapped, chain.size() - 1, chain.size() - 2);
        trials.add(trial(MISPLACED, swapped));
        return trials;
    }

    private List<SabotageTrial> damaged() throws IOException {
        Path newest = chain.get(chain.size() - 1);
        if (TarBackup.isTar(newest)) {
            return List.of();
        }
        try (SabotagedSandbox place = new SabotagedSandbox(sandbox, SabotagedSandbox.Strike.NONE)) {
            Path copy = place.createDirectory(name + "-chain");
            SabotagedBackups.copy(newest, copy);
            Optional<Path> part = largestPart(copy);
            if (part.isEmpty()) {
                String why = "no file of the newest backup is incremental";
                return List.of(
                        new SabotageTrial.NotApplicable(FLIPPED, why), new SabotageTrial.NotApplicable(GONE, why));
            }
            List<Path> with = new ArrayList<>(chain.subList(0, chain.size() - 1));
            with.add(copy);
            byte[] content = Files.readAllBytes(part.get());
            byte[] flipped = content.clone();
            flipped[flipped.length / 2] ^= 0x10;
            Files.write(part.get(), flipped);
            SabotageTrial first = trial(FLIPPED, with);
            Files.delete(part.get());
            return List.of(first, trial(GONE, with));
        }
    }

    private static Optional<Path> largestPart(Path backup) throws IOException {
        try (Stream<Path> files = Files.walk(backup.resolve("base"))) {
            return files.filter(file ->
                            String.valueOf(file.getFileName()).startsWith("INCREMENTAL.") && Files.isRegularFile(file))
                    .max(Comparator.comparingLong(file -> file.toFile().length()));
        }
    }

    private SabotageTrial trial(String fault, List<Path> members) {
        listener.sabotaged(fault);
        try (SabotagedSandbox place = new SabotagedSandbox(sandbox, SabotagedSandbox.Strike.NONE)) {
            ExistingBackup.Examined examined = new ExistingChain(
                            members, place, name + "-" + Integer.toHexString(fault.hashCode()), false)
                    .examine();
            Claim claim = examined instanceof ExistingBackup.Examined.Usable usable
                    ? usable.intact().orElseThrow()
                    : ((ExistingBackup.Examined.Unusable) examined).why();
            return RepeatedProof.tried(fault, Set.of(FindingCode.BACKUP_DAMAGED), claim);
        } catch (IOException | RuntimeException e) {
            return RepeatedProof.brokenOff(fault, e);
        }
    }
}
