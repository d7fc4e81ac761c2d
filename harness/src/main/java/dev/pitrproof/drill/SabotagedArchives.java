package dev.pitrproof.drill;

import dev.pitrproof.fault.ArchiveFault;
import dev.pitrproof.fault.ArchiveScene;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A proof repeated with archives of which one file is not what it should be. */
final class SabotagedArchives {

    private final RepeatedProof proof;
    private final RestorePlan sound;
    private final DrillListener listener;

    SabotagedArchives(RepeatedProof proof, DrillListener listener) {
        this.proof = proof;
        this.sound = proof.sound();
        this.listener = listener;
    }

    List<SabotageTrial> trials() throws IOException {
        try (SabotagedSandbox place = place()) {
            Path whole = whole(place, proof.name() + "-archive");
            List<SabotageTrial> trials = new ArrayList<>();
            for (ArchiveFault fault : ArchiveFault.values()) {
                listener.sabotaged(fault.words());
                trials.add(trial(fault, whole));
            }
            return trials;
        }
    }

    /** What is done in an archive of the proof's own. */
    @FunctionalInterface
    interface Use {
        SabotageTrial of(Path archive) throws IOException;
    }

    /** Makes one copy of the archive, strikes it, lets it be used and removes it. */
    SabotageTrial struck(ArchiveFault fault, Use use) throws IOException {
        try (SabotagedSandbox place = place()) {
            // names of its own: a sandbox that keeps its directories still has those of the trials before
            String name = proof.directoryName(fault.words()) + "-again";
            return struck(fault, whole(place, name + "-archive"), place.createDirectory(name), place, use);
        }
    }

    private SabotagedSandbox place() {
        return new SabotagedSandbox(proof.sandbox(), SabotagedSandbox.Strike.NONE);
    }

    private Path whole(SabotagedSandbox place, String name) throws IOException {
        Path whole = place.createDirectory(name);
        sound.archive().stage(sound.files(), whole);
        return whole;
    }

    private SabotageTrial trial(ArchiveFault fault, Path whole) {
        try (SabotagedSandbox place = place()) {
            return struck(
                    fault,
                    whole,
                    place.createDirectory(proof.directoryName(fault.words()) + "-archive"),
                    place,
                    archive -> proof.withArchive(fault.words(), fault.findings(scene(archive)), archive));
        } catch (IOException | RuntimeException e) {
            return RepeatedProof.brokenOff(fault.words(), e);
        }
    }

    /** @param archive empty; becomes a copy of the whole one, and is struck */
    private SabotageTrial struck(ArchiveFault fault, Path whole, Path archive, SabotagedSandbox place, Use use)
            throws IOException {
        ArchiveScene scene = scene(archive);
        Optional<String> hindrance = fault.hindrance(scene);
        if (hindrance.isPresent()) {
            return new SabotageTrial.NotApplicable(fault.words(), hindrance.get());
        }
        try (var files = Files.list(whole)) {
            for (Path file : files.toList()) {
                Files.createLink(archive.resolve(whole.relativize(file)), file);
            }
        }
        fault.strike(scene);
        place.give(archive);
        return use.of(archive);
    }

    private ArchiveScene scene(Path archive) {
        return new ArchiveScene(
                archive,
                sound.path(),
                sound.backup().timeline(),
                sound.segments(),
                needed(),
                sound.target() instanceof RecoveryTarget.Latest);
    }

    /**
     * The record that recovery applies last is one that it cannot do without, but for one that goes as far as it can: then
     * it is the last transaction end in a segment that has one behind it.
     */
    private Lsn needed() {
        WalRecord last = Objects.requireNonNull(sound.prediction().lastApplied(), "a proof without a record");
        if (!(sound.target() instanceof RecoveryTarget.Latest)) {
            return last.start();
        }
        long end = sound.segments().stream()
                .max(Comparator.naturalOrder())
                .map(SegmentName::number)
                .orElseThrow();
        int segmentSize = sound.archive().segmentSize();
        return sound.prediction().applied().stream()
                .filter(one -> SegmentName.holding(one.timeline(), one.lsn(), segmentSize)
                                .number()
                        < end)
                .map(EndedTransaction::lsn)
                .max(Comparator.naturalOrder())
                .orElse(last.start());
    }
}
