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
import java.util.function.BiConsumer;
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
        return isProven(facts.assignment(), claims)
                ? facts.plan().map(plan -> sabotage(facts.assignment(), () -> trials(plan, facts), facts::attach))
                : Optional.empty();
    }

    /** Sabotages the restore of a dump in the same way; the dump itself stays as it is. */
    Optional<Claim> of(DumpFacts facts, List<Claim> claims, SabotagedDumps dumps) {
        return isProven(facts.assignment(), claims)
                ? Optional.of(sabotage(facts.assignment(), () -> dumps.trials(name(facts.assignment())), facts::attach))
                : Optional.empty();
    }

    private static boolean isProven(Assignment assignment, List<Claim> claims) {
        return assignment.expect().isProven()
                && Verdict.merge(claims.stream().map(Claim::verdict).toList()) == Verdict.PROVEN;
    }

    private static String name(Assignment assignment) {
        return SabotageClaim.NAME + "-of-" + assignment.drill();
    }

    /** What is tried, one fault after the other. */
    @FunctionalInterface
    private interface Trials {
        List<SabotageTrial> run() throws IOException;
    }

    private List<SabotageTrial> trials(RestorePlan plan, DrillFacts facts) throws IOException {
        JournalSummary journal = facts.journal(plan.path());
        String name = name(facts.assignment());
        RepeatedProof proof = new RepeatedProof(sandbox, name, plan, facts.targetInWords(), access, journal, patience);
        List<SabotageTrial> trials =
                new ArrayList<>(new SabotagedChains(sandbox, name, facts.chain(), listener).trials());
        trials.addAll(trials(proof));
        return trials;
    }

    private Claim sabotage(Assignment assignment, Trials trying, BiConsumer<String, Path> evidence) {
        String name = name(assignment);
        try {
            List<SabotageTrial> trials = trying.run();
            Path file = sandbox.createDirectory(name).resolve(TRIALS);
            JsonMapper json = JsonMapper.shared();
            Files.write(
                    file,
                    trials.stream()
                            .map(trial -> json.writeValueAsString(trial.line()))
                            .toList());
            evidence.accept(TRIALS, file);
            return SabotageClaim.of(trials);
        } catch (IOException | RuntimeException e) {
            LOG.error("the sabotage of {} broke off", assignment.drill(), e);
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
