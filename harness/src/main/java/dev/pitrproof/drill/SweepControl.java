package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.SweepTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.Expect;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Holds a sweep against restores that PostgreSQL itself ends at a target: the drill's own, which ended where the sweep
 * does, and one to a target that is drawn. A server that stands there must answer the same, however it came there.
 */
final class SweepControl {

    static final String NAME = "sweep-control";

    private final Sandbox sandbox;
    private final String name;
    private final RestorePlan plan;
    private final SweepOrder order;
    private final DrillFacts facts;
    private final List<ClaimSpec> asked;
    private final RestoreDrill.Access access;
    private final Duration patience;
    private final List<String> agreeing = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();

    /**
     * @param facts of the drill, whose own restore is done
     * @param asked what the sweep asks about data
     */
    SweepControl(
            Sandbox sandbox,
            String name,
            RestorePlan plan,
            SweepOrder order,
            DrillFacts facts,
            List<ClaimSpec> asked,
            RestoreDrill.Access access,
            Duration patience) {
        this.sandbox = sandbox;
        this.name = name + "-control";
        this.plan = plan;
        this.order = order;
        this.facts = facts;
        this.asked = asked;
        this.access = access;
        this.patience = patience;
    }

    /** One that is not the drill's own target anyway. */
    Optional<SweepTarget> draw(List<SweepTarget> targets) {
        List<SweepTarget> others = targets.subList(0, targets.size() - 1).stream()
                .filter(SweepTarget::canBeAskedFor)
                .toList();
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(others.get(new Random(order.seed()).nextInt(others.size())));
    }

    Claim judge(List<SweptTarget> swept, Optional<SweepTarget> drawn) {
        SweptTarget last = swept.get(swept.size() - 1);
        facts.paused().ifPresent(own -> compare("the drill's own restore", own, last));
        if (drawn.isPresent()) {
            SweptTarget same = swept.stream()
                    .filter(one -> one.target().end().equals(drawn.get().end()))
                    .findFirst()
                    .orElseThrow();
            Optional<Claim> unusable = restoreTo(same);
            if (unusable.isPresent()) {
                return unusable.get();
            }
        }
        boolean agrees = differences.isEmpty();
        return new Claim(
                NAME,
                !agrees ? Verdict.REFUTED : agreeing.isEmpty() ? Verdict.UNPROVEN : Verdict.PROVEN,
                (!agrees
                                ? FindingCode.DATA_DIFFERS
                                : agreeing.isEmpty() ? FindingCode.NOTHING_TO_PROVE : FindingCode.TARGET_EXACT)
                        .name(),
                "PostgreSQL's own target settings lead to the same answers",
                agrees
                        ? agreeing.isEmpty() ? "no answers to compare" : String.join("; ", agreeing)
                        : Excerpt.of(differences),
                agrees ? null : SweepDrill.FILE + " has the sweep's answers",
                agreeing.isEmpty() ? List.of() : List.of("a restore with recovery_target settings", "the swept copy"));
    }

    private void compare(String who, PausedAnswers own, SweptTarget swept) {
        PausedAnswers there = swept.answers();
        if (there == null || !own.inRecovery()) {
            return; // who could not be asked there cannot be compared
        }
        String at = swept.target().end() + ", " + who;
        int before = differences.size();
        if (own.replayLsn() == null || !own.replayLsn().equals(there.replayLsn())) {
            differences.add(at + ": replayed up to " + own.replayLsn() + ", the sweep up to " + there.replayLsn());
        }
        if (!own.statuses().equals(there.statuses())) {
            differences.add(at + ": transactions have another status than in the sweep, or the snapshot's xmax is "
                    + own.statuses().end() + " and in the sweep "
                    + there.statuses().end());
        }
        if (differences.size() == before) {
            agreeing.add(at + ": the same position and the same status of "
                    + own.statuses().asked() + " transactions");
        }
    }

    private Optional<Claim> restoreTo(SweptTarget swept) {
        RecoveryTarget target = swept.target().prediction().target();
        String words = "LSN " + target.value() + " (exclusive)";
        List<ClaimSpec> claims = Stream.concat(Stream.of(new ClaimSpec.TargetReached()), asked.stream())
                .toList();
        Assignment assignment = new Assignment(NAME, NAME, null, List.of(), Expect.PROVEN, claims, null);
        DrillFacts restored =
                new DrillFacts(assignment, target, words, facts.story().orElse(null));
        List<Claim> found = new RestoreDrill(sandbox, name, restored, access, patience).run(planning(target, words));
        Claim reached = found(found, TargetClaim.NAME);
        if (reached.verdict() != Verdict.PROVEN) {
            return Optional.of(new Claim(
                    NAME,
                    reached.verdict(),
                    reached.code(),
                    "a restore to " + words + ": " + reached.expected(),
                    reached.found(),
                    reached.hint(),
                    List.of()));
        }
        restored.paused().ifPresent(own -> compare("a restore to it", own, swept));
        for (Claim there : swept.claims()) {
            Claim here = found(found, there.claim());
            boolean comparable = !there.claim().equals(TargetClaim.NAME) && there.verdict() != Verdict.UNPROVEN;
            if (comparable && !here.found().equals(there.found())) {
                differences.add(swept.target().end() + ", a restore to it: " + there.claim() + ": " + here.found()
                        + ", in the sweep " + there.found());
            }
        }
        return Optional.empty();
    }

    private RestoreDrill.Planning planning(RecoveryTarget target, String words) {
        return new RestoreDrill.Planning() {
            @Override
            public WalArchive openArchive() {
                return plan.archive().forAnotherThread();
            }

            @Override
            public RestoreDrill.Planned plan(WalArchive archive) throws IOException {
                return new RestoreDrill.Planned(
                        plan.backup(),
                        plan.backup().directory(),
                        new RestorePlanner(plan.backup(), archive, target, words)
                                .plan(plan.path().timeline()),
                        List.of());
            }
        };
    }

    private static Claim found(List<Claim> claims, String name) {
        return claims.stream()
                .filter(claim -> claim.claim().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
