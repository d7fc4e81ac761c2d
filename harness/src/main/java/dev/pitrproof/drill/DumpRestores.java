package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Does the restores of a story's dumps. */
final class DumpRestores {

    private final Sandbox sandbox;
    private final Scenario scenario;
    private final Recording recording;
    private final WalOpener archive;
    private final DrillListener listener;

    /** @param archive that the story filled */
    DumpRestores(Sandbox sandbox, Scenario scenario, Recording recording, WalOpener archive, DrillListener listener) {
        this.sandbox = sandbox;
        this.scenario = scenario;
        this.recording = recording;
        this.archive = archive;
        this.listener = listener;
    }

    /**
     * Does one.
     *
     * @param number its place in the scenario, from 1
     * @param losses what restores before it lost; its own is added
     */
    Judged restore(Restore entry, int number, Assignment assignment, Losses losses) {
        StoryDumps.Dump dump = recording.dumps().complete().get(entry.from());
        DumpFacts facts = new DumpFacts(
                assignment, new StoryFacts(scenario, recording, recording.moment(entry), entry.to()), dump);
        List<Claim> claims = new ArrayList<>(recording.backups().findings());
        if (dump == null) {
            SandboxException why = Objects.requireNonNull(
                    recording.dumps().missing().get(entry.from()), "each dump was taken, or could not be here");
            claims.add(new Claim(
                    DumpDrill.NAME,
                    Verdict.UNPROVEN,
                    FindingCode.ENGINE_CANNOT_JUDGE.name(),
                    "a logical backup \"" + entry.from() + "\" to restore",
                    String.valueOf(why.getMessage()),
                    Optional.ofNullable(why.hint()).orElse("use another sandbox"),
                    List.of()));
            assignment.leaveOpen(claims, "not checked: there is no dump", FindingCode.ENGINE_CANNOT_JUDGE);
        } else {
            claims.addAll(new DumpDrill(sandbox, "restore-" + number, facts, dump, archive, listener).run());
        }
        losses.add(facts, entry);
        facts.beside(losses.all());
        losses.inWords().forEach(facts::note);
        return new Judged(facts, claims);
    }

    /** What can be broken of one that was restored; empty where there was no dump. */
    Optional<SabotagedDumps> sabotaged(Judged judged) {
        return judged.facts()
                .dump()
                .map(dump -> new SabotagedDumps(
                        sandbox,
                        judged.facts(),
                        dump,
                        recording.dumps().complete().values(),
                        archive,
                        listener));
    }

    /** What came of one, for its evidence. */
    record Judged(DumpFacts facts, List<Claim> claims) {}
}
