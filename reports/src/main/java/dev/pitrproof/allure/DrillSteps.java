package dev.pitrproof.allure;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Objectives.Rto;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import io.qameta.allure.model.Parameter;
import io.qameta.allure.model.Stage;
import io.qameta.allure.model.Status;
import io.qameta.allure.model.StatusDetails;
import io.qameta.allure.model.StepResult;
import io.qameta.allure.util.ResultsUtils;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The steps of a drill: its story, what the WAL foretold, the phases of the restore, the claims.
 *
 * <p>The evidence has the length of each phase, not its beginning: the phases are laid one after another so that the
 * last of them ends when the drill does.
 */
final class DrillSteps {

    private final Evidence evidence;
    private final long started;
    private final long ended;

    private DrillSteps(Evidence evidence) {
        this.evidence = evidence;
        this.started = evidence.started().toEpochMilli();
        this.ended = evidence.ended().toEpochMilli();
    }

    static List<StepResult> of(Evidence evidence) {
        DrillSteps drill = new DrillSteps(evidence);
        List<StepResult> steps = new ArrayList<>();
        if (evidence.story() != null) {
            steps.add(drill.story(evidence.story()));
        }
        if (evidence.target() != null) {
            steps.add(drill.plan());
        }
        Rto rto = evidence.objectives() == null ? null : evidence.objectives().rto();
        if (rto != null) {
            steps.add(drill.restore(rto));
        }
        if (!evidence.claims().isEmpty()) {
            steps.add(drill.proof());
        }
        return steps;
    }

    private StepResult story(Story story) {
        List<StepResult> moments = new ArrayList<>();
        for (Moment moment : story.moments()) {
            Instant time = moment.serverTime();
            long at = time == null ? started : time.toEpochMilli();
            String kind = moment.kind().replace('-', ' ');
            StepResult step = step(moment.storyTime() + " " + kind + ": " + moment.text(), at, at);
            if (time != null) {
                parameter(step, "server clock", Wording.dateTime(time));
            }
            if (moment.lsn() != null) {
                parameter(step, "LSN", moment.lsn());
            }
            moments.add(step);
        }
        long first = moments.stream().mapToLong(StepResult::getStart).min().orElse(started);
        long last = moments.stream().mapToLong(StepResult::getStop).max().orElse(started);
        long commits =
                story.commits().stream().mapToLong(Story.CommitBucket::commits).sum();
        String name =
                "Story: " + story.from() + " to " + story.to() + " on its clock, " + Wording.count(commits, "commit");
        return step(name, first, last).setSteps(moments);
    }

    private StepResult plan() {
        Aim aim = Aim.of(evidence);
        String applied = Prose.lastApplied(aim);
        String notApplied = Prose.firstNotApplied(aim);
        List<StepResult> edges = new ArrayList<>();
        if (applied != null) {
            edges.add(step("A " + applied, started, started));
        }
        if (notApplied != null) {
            edges.add(step("N " + notApplied, started, started));
        }
        if (edges.isEmpty()) {
            edges.add(step(Prose.noEdge(aim), started, started));
        }
        return step("Plan: where recovery to " + Prose.asked(evidence) + " has to stop", started, started)
                .setSteps(edges);
    }

    private StepResult restore(Rto rto) {
        double whole =
                rto.phases().values().stream().mapToDouble(Double::doubleValue).sum();
        double at = ended - 1_000 * whole;
        long start = Math.round(at);
        List<StepResult> phases = new ArrayList<>();
        for (Map.Entry<String, Double> phase : rto.phases().entrySet()) {
            double end = at + 1_000 * phase.getValue();
            phases.add(
                    step(phase.getKey() + ": " + Wording.seconds(phase.getValue()), Math.round(at), Math.round(end)));
            at = end;
        }
        return step("Restore: " + Objects.requireNonNull(Prose.recoveryTime(evidence)), start, ended)
                .setSteps(phases);
    }

    private StepResult proof() {
        List<StepResult> claims = evidence.claims().stream().map(this::claim).toList();
        Status worst = Status.PASSED;
        for (StepResult claim : claims) {
            // the constants go from FAILED over BROKEN to PASSED
            worst = claim.getStatus().compareTo(worst) < 0 ? claim.getStatus() : worst;
        }
        return step("Proof: " + Wording.count(claims.size(), "claim"), ended, ended)
                .setSteps(claims)
                .setStatus(worst);
    }

    private StepResult claim(Claim claim) {
        boolean demanded =
                evidence.asExpected() && claim.verdict() == evidence.expected().verdict();
        boolean wanted = demanded && claim.verdict() != Verdict.PROVEN;
        StepResult step = step(
                claim.claim() + ": " + claim.verdict() + " " + claim.code() + (wanted ? " as expected" : ""),
                ended,
                ended);
        parameter(step, "expected", claim.expected());
        parameter(step, "found", claim.found());
        if (!claim.witnesses().isEmpty()) {
            parameter(step, "witnesses", String.join(", ", claim.witnesses()));
        }
        Status status = demanded
                ? Status.PASSED
                : switch (claim.verdict()) {
                    case PROVEN -> Status.PASSED;
                    case UNPROVEN -> Status.BROKEN;
                    case REFUTED -> Status.FAILED;
                };
        if (status != Status.PASSED) {
            String hint = claim.hint() == null ? "" : "\nHINT: " + claim.hint();
            step.setStatusDetails(new StatusDetails()
                    .setMessage(claim.code() + ": " + claim.found() + hint)
                    .setTrace(claim.inFull()));
        }
        return step.setStatus(status);
    }

    private static StepResult step(String name, long start, long stop) {
        return new StepResult()
                .setName(name)
                .setStatus(Status.PASSED)
                .setStage(Stage.FINISHED)
                .setStart(start)
                .setStop(stop);
    }

    private static void parameter(StepResult step, String name, String value) {
        step.getParameters().add(ResultsUtils.createParameter(name, value, true, Parameter.Mode.DEFAULT));
    }
}
