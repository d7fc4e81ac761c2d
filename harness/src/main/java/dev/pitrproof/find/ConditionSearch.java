package dev.pitrproof.find;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.drill.SandboxOpener;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the commit with which a condition ceased to hold, by restoring to the states between commits, each in a sandbox
 * of its own.
 *
 * <p>The condition is assumed to hold up to some commit and not from there on; of a condition that comes and goes, one of
 * the commits is found at which it went. Where each restore stopped is compared with what the WAL foretells before its
 * answer counts. The question is put while recovery is paused; if a transaction in progress there locks what it reads,
 * recovery is ended, which rolls that back, and it is put again.
 */
public final class ConditionSearch {

    /** Is told of every restore. */
    @FunctionalInterface
    public interface Progress {
        /**
         * A restore was asked.
         *
         * @param expected about how many restores there will be in all
         * @param last the last commit it has; null for the state before the first behind the backup
         * @param note why the condition does not hold, where that is not plain; empty else
         */
        void probed(int number, int expected, @Nullable Commit last, boolean holds, String note);
    }

    /** What the search came to. */
    public sealed interface Result {
        /**
         * The condition held after {@code lastHeld} and not after {@code first}, the next commit.
         *
         * @param lastHeld null if it held only before the first commit behind the backup
         * @param note the answer at {@code first}, where that is not plain; empty else
         */
        record Found(@Nullable Commit lastHeld, Commit first, String note) implements Result {}

        /** It does not hold where the backup becomes consistent, right before the commit {@code first}. */
        record NeverHeld(Commit first, String note) implements Result {}

        /** It holds after the last commit there is. */
        record StillHolds(Commit last) implements Result {}

        /** The backup cannot be restored with this archive at all, or there is no commit behind it. */
        record Unreachable(
                String expected, String found, @Nullable String hint) implements Result {}
    }

    /** A restore that did not stop where the WAL says it must, so that its answer counts for nothing. */
    public static final class Astray extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Claim claim;

        Astray(Claim claim) {
            super("a restore stopped elsewhere than the WAL foretells: expected " + claim.expected() + ", found "
                    + claim.found());
            this.claim = claim;
        }

        /** REFUTED, or UNPROVEN where nobody could tell. */
        public Verdict verdict() {
            return claim.verdict();
        }
    }

    private final SandboxOpener sandboxes;
    private final BaseBackup backup;
    private final WalArchive archive;
    private final TimelineId timeline;
    private final Condition condition;
    private final Duration patience;

    /**
     * @param timeline the timeline to follow, to its end
     * @param patience how long one recovery, or one answer, may take
     */
    public ConditionSearch(
            SandboxOpener sandboxes,
            BaseBackup backup,
            WalArchive archive,
            TimelineId timeline,
            Condition condition,
            Duration patience) {
        this.sandboxes = sandboxes;
        this.backup = backup;
        this.archive = archive;
        this.timeline = timeline;
        this.condition = condition;
        this.patience = patience;
    }

    /**
     * What keeps the archive from being readable to its end on this timeline, in words; the search ends there.
     *
     * @return empty if it is whole
     */
    public Optional<String> shortfall() throws IOException {
        PlanOutcome outcome = plan(new RecoveryTarget.Latest(), "the end of the archive");
        return outcome instanceof PlanOutcome.Refused refused
                ? Optional.of(refused.claim().found())
                : Optional.empty();
    }

    /**
     * Searches; takes as many restores as the number of commits can be halved, and two.
     *
     * @throws IOException if a restore broke off, or {@link Astray}
     * @throws SQLException if a restored server could not answer
     * @throws Condition.Senseless if the question has no boolean answer
     */
    public Result search(Progress progress) throws IOException, SQLException, Condition.Senseless {
        PlanOutcome outcome = plan(new RecoveryTarget.Immediate(), "the end of the backup");
        if (outcome instanceof PlanOutcome.Refused refused) {
            Claim claim = refused.claim();
            return new Result.Unreachable(claim.expected(), claim.found(), claim.hint());
        }
        List<Commit> commits = outcome.prediction().notApplied().stream()
                .filter(EndedTransaction::committed)
                .map(ConditionSearch::commit)
                .toList();
        if (commits.isEmpty()) {
            return new Result.Unreachable(
                    "a commit behind the backup, which may have done the damage",
                    "none in the WAL from " + RestorePlanner.end(backup) + " on",
                    "archive the WAL in which the damage happened");
        }
        return conclude(commits, progress);
    }

    private Result conclude(List<Commit> commits, Progress progress)
            throws IOException, SQLException, Condition.Senseless {
        String[] notes = new String[commits.size() + 1];
        Bisection.Outcome outcome;
        try {
            outcome = Bisection.<Exception>search(notes.length, (state, number, expected) -> {
                Condition.Answer.Holds answer = probe(commits, state, number);
                notes[state] = answer.note();
                Commit last = state == 0 ? null : commits.get(state - 1);
                progress.probed(number, expected, last, answer.holds(), answer.note());
                return answer.holds();
            });
        } catch (IOException | SQLException | Condition.Senseless | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        if (outcome instanceof Bisection.Outcome.Between between) {
            int held = between.holds();
            return new Result.Found(held == 0 ? null : commits.get(held - 1), commits.get(held), notes[held + 1]);
        }
        return outcome instanceof Bisection.Outcome.NeverHeld
                ? new Result.NeverHeld(commits.get(0), notes[0])
                : new Result.StillHolds(commits.get(commits.size() - 1));
    }

    private static Commit commit(EndedTransaction end) {
        return new Commit((int) end.xid(), end.time(), end.lsn(), end.end(), end.timeline());
    }

    private PlanOutcome plan(RecoveryTarget target, String inWords) throws IOException {
        return new RestorePlanner(backup, archive, target, inWords).plan(timeline);
    }

    /** State 0 is the one right before the first commit, state n the one right after the n-th. */
    private Condition.Answer.Holds probe(List<Commit> commits, int state, int number)
            throws IOException, SQLException, Condition.Senseless {
        Commit nearest = commits.get(Math.max(0, state - 1));
        RecoveryTarget target = new RecoveryTarget.AtLsn(nearest.lsn(), state > 0);
        if (!(plan(target, "LSN " + nearest.lsn()) instanceof PlanOutcome.Reachable reachable)) {
            throw new IOException(
                    "the archive has changed while it was searched: " + nearest.lsn() + " cannot be reached any more");
        }
        RestorePlan plan = reachable.plan();
        // a sandbox each: a restore leaves its files behind until its sandbox goes
        try (Sandbox sandbox = sandboxes.open(archive.walMajor());
                Restore restore = Restore.start(sandbox, plan, "probe-" + number, patience)) {
            PausedAnswers paused = restore.awaitPause();
            if (paused.inRecovery()) {
                confirm(plan, paused, null);
                Condition.Answer answer = ask(restore);
                if (answer instanceof Condition.Answer.Holds holds) {
                    return holds;
                }
            }
            confirm(plan, paused, restore.promote());
            if (ask(restore) instanceof Condition.Answer.Holds holds) {
                return holds;
            }
            throw new SQLException("a prepared transaction locks what the condition reads", "55P03");
        }
    }

    private Condition.Answer ask(Restore restore) throws SQLException, Condition.Senseless {
        return condition.ask(restore.cluster().connection(), (int) patience.toSeconds());
    }

    /**
     * Makes sure that recovery stopped where the WAL says it must. Right behind the backup there may be no transaction yet
     * whose status could be a second witness; there the replay position alone has to do.
     */
    private void confirm(RestorePlan plan, PausedAnswers paused, @Nullable PromotedAnswers promoted) throws Astray {
        Claim claim = TargetClaim.judge(
                        plan.prediction(),
                        plan.path(),
                        backup.systemIdentifier(),
                        paused,
                        promoted,
                        JournalSummary.NONE)
                .claim();
        WalRecord last = plan.prediction().lastApplied();
        boolean there = last != null && last.end().equals(paused.replayLsn());
        if (claim.verdict() == Verdict.REFUTED || (claim.verdict() == Verdict.UNPROVEN && !there)) {
            throw new Astray(claim);
        }
    }
}
