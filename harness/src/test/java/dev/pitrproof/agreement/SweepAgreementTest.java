package dev.pitrproof.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.proof.SweepCourse;
import dev.pitrproof.proof.SweepSelection;
import dev.pitrproof.proof.SweepTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.restore.StagedReplay;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * One replay, halted at every edge of a history with a crash, prepared transactions and a second timeline: a standby
 * stands at each where the oracle says.
 */
class SweepAgreementTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STEPS = 9;
    private static final int SAMPLE = 40;

    @Test
    void aStandbyStandsExactlyAtEveryTargetOfBothTimelines() throws Exception {
        int major = Integer.getInteger("agreement.major", 18);
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}))) {
            History history = new HistoryWriter(sandbox, new Random(1), STEPS).write();
            for (TimelineId timeline : List.of(History.FIRST, History.SECOND)) {
                for (int i = 0; i < history.backups().size(); i++) {
                    assertSwept(sandbox, history, history.backups().get(i), timeline, "sweep-" + timeline + "-" + i);
                }
            }
        }
    }

    private static void assertSwept(
            Sandbox sandbox, History history, BaseBackup backup, TimelineId timeline, String name) throws Exception {
        try (DirectoryArchive archive = DirectoryArchive.open(history.archive())) {
            PlanOutcome outcome =
                    new RestorePlanner(backup, archive, new RecoveryTarget.Latest(), "the end").plan(timeline);
            RestorePlan plan = ((PlanOutcome.Reachable) outcome).plan();
            SweepCourse course = SweepCourse.read(
                    new WalReader(archive, plan.path(), archive.segmentSize()),
                    RestorePlanner.bounds(backup),
                    plan.prediction());
            List<SweepTarget> targets =
                    new SweepSelection(course, List.of()).targets(new SweepChoice.Sample(SAMPLE), 1);
            List<Claim> claims = sweep(sandbox, plan, targets, name);

            assertThat(claims).hasSize(targets.size()).hasSizeGreaterThanOrEqualTo(SAMPLE);
            assertThat(claims).as(name).allSatisfy(claim -> assertThat(claim.verdict())
                    .as(claim.toString())
                    .isEqualTo(Verdict.PROVEN));
            assertThat(targets.stream().flatMap(target -> target.reasons().stream()))
                    .as("the edges of timeline %s", timeline)
                    .anyMatch(reason -> reason.startsWith("preparation of "))
                    .anyMatch(reason -> timeline.equals(History.FIRST) || reason.equals("end of timeline 1"));
        }
    }

    private static List<Claim> sweep(Sandbox sandbox, RestorePlan plan, List<SweepTarget> targets, String name)
            throws Exception {
        List<Claim> claims = new ArrayList<>();
        try (StagedReplay replay =
                StagedReplay.start(sandbox, plan, targets.get(0).prediction(), name, "postgres", PATIENCE)) {
            for (SweepTarget target : targets) {
                Optional<PausedAnswers> answers = replay.advance(target.prediction());
                claims.add(TargetClaim.judge(
                                target.prediction(),
                                plan.path(),
                                plan.backup().systemIdentifier(),
                                answers.orElseThrow(),
                                null,
                                JournalSummary.NONE)
                        .claim());
            }
        }
        return claims;
    }
}
