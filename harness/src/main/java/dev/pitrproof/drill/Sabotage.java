package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Repeats a proof that holds on copies of the same artefacts, with one thing broken at a time: it must not hold any more,
 * and for the right reason. A proof that cannot fail proves nothing.
 *
 * <p>Some changes only look like a fault. With these the proof must hold as before: one that anything upsets is as little
 * use as one that nothing does.
 */
final class Sabotage {

    private static final Logger LOG = LoggerFactory.getLogger(Sabotage.class);

    private static final String TRIALS = "sabotage.jsonl";

    private final Sandbox sandbox;
    private final RestoreDrill.Access access;
    private final Duration patience;
    private final DrillListener listener;

    Sabotage(Sandbox sandbox, RestoreDrill.Access access, Duration patience, DrillListener listener) {
        this.sandbox = sandbox;
        this.access = access;
        this.patience = patience;
        this.listener = listener;
    }

    /**
     * Sabotages what was proved; needs the space of the backup and of the WAL from it to the target.
     *
     * @return empty if nothing was proved: what is refuted already, as a twin, cannot be broken further
     */
    Optional<Claim> of(DrillFacts facts, List<Claim> claims) {
        Verdict verdict = Verdict.merge(claims.stream().map(Claim::verdict).toList());
        if (verdict != Verdict.PROVEN || !facts.assignment().expect().isProven()) {
            return Optional.empty();
        }
        return facts.plan().map(plan -> sabotage(plan, facts));
    }

    private Claim sabotage(RestorePlan plan, DrillFacts facts) {
        JournalSummary journal = facts.journal(plan.path());
        String name = SabotageClaim.NAME + "-of-" + facts.assignment().drill();
        RepeatedProof proof = new RepeatedProof(sandbox, name, plan, facts.targetInWords(), access, journal, patience);
        try {
            List<SabotageTrial> trials =
                    new ArrayList<>(new SabotagedChains(sandbox, name, facts.chain(), listener).trials());
            trials.addAll(trials(proof));
            Path file = sandbox.createDirectory(name).resolve(TRIALS);
            JsonMapper json = JsonMapper.shared();
            Files.write(
                    file,
                    trials.stream()
                            .map(trial -> json.writeValueAsString(trial.line()))
                            .toList());
            facts.attach(TRIALS, file);
            return SabotageClaim.of(trials);
        } catch (IOException | RuntimeException e) {
            LOG.error("the sabotage of {} broke off", facts.assignment().drill(), e);
            BreakOff why = BreakOff.of(e);
            return new Claim(
                    SabotageClaim.NAME,
                    Verdict.UNPROVEN,
                    FindingCode.ENVIRONMENT.name(),
                    "the same proof, repeated on broken copies",
                    why.found(),
                    why.hint(),
                    List.of());
        }
    }

    private List<SabotageTrial> trials(RepeatedProof proof) throws IOException {
        List<SabotageTrial> trials = new ArrayList<>();
        SabotagedArchives archives = new SabotagedArchives(proof, listener);
        trials.addAll(archives.trials());
        trials.addAll(new SabotagedBackups(proof, listener).trials());
        trials.addAll(new SabotagedRestores(proof, archives, listener).trials());
        proof.sound().archive().close();
        return trials;
    }
}
