package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.proof.SweepCourse;
import dev.pitrproof.proof.SweepSelection;
import dev.pitrproof.proof.SweepSelection.Moment;
import dev.pitrproof.proof.SweepTarget;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalReader;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The wish to prove other targets besides the drill's own: those between its backup and it.
 *
 * @param seed from which the choice follows
 */
record SweepOrder(SweepChoice choice, long seed) {

    private static final Set<String> KINDS = Set.of("mark", "accident");

    String claimName() {
        return "sweep: " + choice.inWords();
    }

    /** Reads the WAL up to the drill's own target, and chooses; in WAL order. */
    List<SweepTarget> targets(RestorePlan plan, Optional<StoryFacts> story) throws IOException {
        WalReader wal = new WalReader(
                        plan.archive(), plan.path(), plan.archive().segmentSize())
                .expecting(plan.backup().systemIdentifier());
        SweepCourse course = SweepCourse.read(wal, RestorePlanner.bounds(plan.backup()), plan.prediction());
        return new SweepSelection(course, moments(story)).targets(choice, seed);
    }

    private static List<Moment> moments(Optional<StoryFacts> story) {
        return story.stream()
                .flatMap(facts -> facts.recording().moments().stream())
                .filter(moment -> KINDS.contains(moment.kind()) && moment.lsn() != null)
                .map(moment -> new Moment(
                        moment.kind() + " at " + moment.storyTime(), Lsn.parse(String.valueOf(moment.lsn()))))
                .toList();
    }

    Claim tooMany(int targets) {
        return new Claim(
                claimName(),
                Verdict.UNPROVEN,
                FindingCode.NOTHING_TO_PROVE.name(),
                String.format(Locale.ROOT, "a history of at most %,d targets", SweepChoice.TARGETS_MAX),
                String.format(Locale.ROOT, "%,d targets from the backup to where the restore ends", targets),
                "take a sample, which has all the edges: sweep: { sample: 100 } in a scenario, --sweep=100 of prove",
                List.of());
    }
}
