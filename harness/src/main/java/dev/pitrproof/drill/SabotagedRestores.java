package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.fault.ArchiveFault;
import dev.pitrproof.fault.RestoreFault;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A proof repeated with servers that are not told what they should be. */
final class SabotagedRestores {

    private final RepeatedProof proof;
    private final RestorePlan sound;
    private final SabotagedArchives archives;
    private final DrillListener listener;

    SabotagedRestores(RepeatedProof proof, SabotagedArchives archives, DrillListener listener) {
        this.proof = proof;
        this.sound = proof.sound();
        this.archives = archives;
        this.listener = listener;
    }

    List<SabotageTrial> trials() {
        List<SabotageTrial> trials = new ArrayList<>();
        for (RestoreFault fault : RestoreFault.values()) {
            listener.sabotaged(fault.words());
            try {
                trials.add(trial(fault));
            } catch (IOException | RuntimeException e) {
                trials.add(RepeatedProof.brokenOff(fault.words(), e));
            }
        }
        return trials;
    }

    SabotageTrial trial(RestoreFault fault) throws IOException {
        if (fault.isAboutTarget()) {
            return retargeted(fault);
        } else if (fault == RestoreFault.NEWEST_TIMELINE) {
            return archives.struck(ArchiveFault.SECOND_TIMELINE, archive -> withSecondTimeline(fault, archive));
        } else if (fault == RestoreFault.STANDBY_SIGNAL_FILE && sound.target() instanceof RecoveryTarget.Latest) {
            return notApplicable(fault, "a standby waits at the end of the WAL for more, and never ends its recovery");
        }
        return proof.restored(fault.words(), fault.findings(), sound, fault::strike);
    }

    private SabotageTrial withSecondTimeline(RestoreFault fault, Path directory) throws IOException {
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            PlanOutcome outcome = proof.plan(archive, sound.target());
            return outcome instanceof PlanOutcome.Reachable reachable
                    ? proof.restored(fault.words(), fault.findings(), reachable.plan(), fault::strike)
                    : RepeatedProof.tried(fault.words(), fault.findings(), ((PlanOutcome.Refused) outcome).claim());
        }
    }

    /** A server that stops at the same place anyway is not told wrongly: the oracle tells. */
    private SabotageTrial retargeted(RestoreFault fault) throws IOException {
        Optional<RecoveryTarget> shifted = fault.shiftedTarget(sound.prediction());
        if (shifted.isEmpty()) {
            return notApplicable(fault, "there is no such commit in the WAL");
        }
        PlanOutcome outcome = proof.plan(sound.archive(), shifted.get());
        if (outcome.prediction().reach() != Prediction.Reach.REACHED) {
            return notApplicable(fault, "the backup is not consistent there");
        }
        if (outcome.prediction().endLsn().equals(sound.prediction().endLsn())) {
            return notApplicable(fault, "that is the target itself");
        }
        return proof.restored(
                fault.words(),
                fault.findings(),
                sound,
                (dataDirectory, settings) -> RestoreFault.retarget(settings, shifted.get()));
    }

    private static SabotageTrial notApplicable(RestoreFault fault, String why) {
        return new SabotageTrial.NotApplicable(fault.words(), why);
    }
}
