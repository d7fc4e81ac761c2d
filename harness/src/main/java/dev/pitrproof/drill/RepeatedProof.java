package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proof that holds, to be repeated where something may be wrong: the plan, and if that sees nothing the restore, which is
 * judged by what was foretold when all was well.
 *
 * <p>Only whether the target is reached is judged. That the artefacts are as before is nothing that anybody asks of copies.
 *
 * @param name fit for a directory; no other proof of the sandbox has it
 * @param sound the plan whose restore was proved
 */
record RepeatedProof(
        Sandbox sandbox,
        String name,
        RestorePlan sound,
        String targetInWords,
        RestoreDrill.Access access,
        JournalSummary journal,
        Duration patience) {

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedProof.class);

    /** Plans with the same backup along the same timeline. */
    PlanOutcome plan(WalArchive archive, RecoveryTarget target) throws IOException {
        return new RestorePlanner(sound.backup(), archive, target, targetInWords)
                .plan(sound.path().timeline());
    }

    /** Repeats all of it with another archive. */
    SabotageTrial withArchive(String fault, Set<FindingCode> expected, Path directory) {
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            PlanOutcome outcome = plan(archive, sound.target());
            if (outcome instanceof PlanOutcome.Refused refused) {
                return tried(fault, expected, refused.claim());
            }
            RestorePlan plan = ((PlanOutcome.Reachable) outcome).plan();
            return restored(fault, expected, plan, SabotagedSandbox.Strike.NONE);
        } catch (IOException | RuntimeException e) {
            return brokenOff(fault, e);
        }
    }

    /** Repeats the restore. */
    SabotageTrial restored(String fault, Set<FindingCode> expected, RestorePlan plan, SabotagedSandbox.Strike strike) {
        try (SabotagedSandbox struck = new SabotagedSandbox(sandbox, strike);
                Restore restore = Restore.start(struck, plan, directoryName(fault), access.superuser(), patience)) {
            PausedAnswers paused = restore.awaitPause();
            TargetClaim.Judgement judgement = TargetClaim.judge(
                    sound.prediction(),
                    sound.path(),
                    sound.backup().systemIdentifier(),
                    paused,
                    restore.promote(),
                    journal);
            return tried(fault, expected, judgement.claim());
        } catch (SandboxException e) {
            boolean died = e.kind() == SandboxException.Kind.SERVER_DIED
                    && BreakOff.of(e).code() == FindingCode.ENVIRONMENT;
            // a dead server is what some faults lead to; that there was no space for one tells nothing about them
            return died
                    ? new SabotageTrial.Tried(fault, expected, Verdict.UNPROVEN, FindingCode.ENVIRONMENT.name())
                    : brokenOff(fault, e);
        } catch (IOException | SQLException | RuntimeException e) {
            return brokenOff(fault, e);
        }
    }

    /** For the directory in which a fault is tried. */
    String directoryName(String fault) {
        return name + "-" + fault.replaceAll("[^A-Za-z]+", "-");
    }

    static SabotageTrial tried(String fault, Set<FindingCode> expected, Claim claim) {
        return new SabotageTrial.Tried(fault, expected, claim.verdict(), claim.code());
    }

    static SabotageTrial brokenOff(String fault, Exception e) {
        LOG.error("could not be tried: {}", fault, e);
        return new SabotageTrial.BrokenOff(fault, BreakOff.of(e).found());
    }
}
