package dev.pitrproof.proof;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.XidStatuses.Status;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.WalRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claim that every restore makes: recovery stopped exactly where the WAL says it must.
 *
 * <p>Two-sided: what must be there is there, and what must not be there is not. PROVEN takes at least two independent
 * witnesses that agree, and none that disagrees. The replay position and the switchpoint in the history file are the same
 * account given twice, so together they are one; so a witness that had nothing to say counts for nothing.
 *
 * <p>Where the server could not pause and promoted itself at the target, the same is asked after the promotion; the
 * transactions' status then counts only while the server has assigned no xid since. A server that was started anew since
 * does not tell how far it replayed; what is left of that is the history file.
 */
public final class TargetClaim {

    /** The claim's name in scenarios and evidence. */
    public static final String NAME = "target-reached";

    private static final String REPLAY_POSITION = "replay position while paused";
    private static final String TRANSACTION_STATUS = "status of every transaction";
    private static final String HISTORY_FILE = "history file of the new timeline";
    private static final String JOURNAL = "client's journal";
    private static final String FEW_COMMITS = "choose a target with at least one commit between it and the backup";
    private static final String FOREIGN_XIDS = "the server has assigned transactions of its own since its promotion,"
            + " which blur what it says of those before: ask one that nobody has written to";
    private static final Set<String> POSITIONS = Set.of(REPLAY_POSITION, HISTORY_FILE);

    private final Prediction prediction;
    private final TimelineHistory path;
    private final long systemIdentifier;
    private final PausedAnswers paused;
    private final @Nullable PromotedAnswers promoted;
    private final JournalSummary journal;

    private final List<String> agreeing = new ArrayList<>();
    private final List<Contradiction> contradictions = new ArrayList<>();
    private long xidsAgreeing;

    private record Contradiction(FindingCode code, String expected, String found) {}

    /**
     * The judgement and how far the transaction statuses agreed.
     *
     * @param xidsAgreeing xids whose status was what the oracle says, or about which it says nothing
     */
    public record Judgement(Claim claim, long xidsAgreeing) {}

    private TargetClaim(
            Prediction prediction,
            TimelineHistory path,
            long systemIdentifier,
            PausedAnswers paused,
            @Nullable PromotedAnswers promoted,
            JournalSummary journal) {
        this.prediction = prediction;
        this.path = path;
        this.systemIdentifier = systemIdentifier;
        this.paused = paused;
        this.promoted = promoted;
        this.journal = journal;
    }

    /**
     * Compares the prediction with the answers.
     *
     * @param path the timeline path the restore had to take
     * @param systemIdentifier of the backup
     * @param promoted null when the cluster was not promoted
     */
    public static Judgement judge(
            Prediction prediction,
            TimelineHistory path,
            long systemIdentifier,
            PausedAnswers paused,
            @Nullable PromotedAnswers promoted,
            JournalSummary journal) {
        return new TargetClaim(prediction, path, systemIdentifier, paused, promoted, journal).judge();
    }

    private Judgement judge() {
        WalRecord last = prediction.lastApplied();
        if (prediction.reach() != Prediction.Reach.REACHED) {
            throw new IllegalStateException("a target that the WAL does not reach is refused by the plan");
        }
        if (last == null) {
            return new Judgement(
                    unproven(
                            "recovery stops before the first record that it could apply",
                            FEW_COMMITS,
                            "no record is applied, so that no witness could tell the target from the backup"),
                    0);
        }
        if (paused.systemIdentifier() != systemIdentifier) {
            contradict(
                    FindingCode.WRONG_BRANCH,
                    "system identifier " + Long.toUnsignedString(systemIdentifier),
                    "system identifier " + Long.toUnsignedString(paused.systemIdentifier()));
        }
        if (paused.inRecovery() && !path.path().contains(paused.controlTimeline())) {
            contradict(
                    FindingCode.WRONG_BRANCH,
                    "a checkpoint on timeline path " + path.path(),
                    "a checkpoint on timeline " + paused.controlTimeline());
        }
        if (paused.inRecovery() || promotedItself()) {
            askReplayPosition(last);
        } else {
            contradict(
                    FindingCode.NOT_RECOVERED,
                    "a server in recovery, paused at the target",
                    "a server that is not in recovery");
        }
        askTransactionStatuses(last);
        if (promoted != null) {
            askHistory(promoted, last);
        }
        askJournal();
        return new Judgement(conclude(last), xidsAgreeing);
    }

    /** It went through archive recovery all the same: only that ends with a new timeline. */
    private boolean promotedItself() {
        return !paused.inRecovery() && promoted != null && hasBranched(promoted);
    }

    private static boolean hasBranched(PromotedAnswers answers) {
        return !answers.inRecovery()
                && answers.history() != null
                && !answers.history().ancestry().isEmpty();
    }

    private void askReplayPosition(WalRecord last) {
        Lsn found = paused.replayLsn();
        if (found == null && !paused.inRecovery()) {
            return; // it was started anew since its recovery, and does not remember
        }
        if (found != null && found.equals(last.end())) {
            agreeing.add(REPLAY_POSITION);
            return;
        }
        contradict(
                found == null || found.isBefore(last.end()) ? FindingCode.STOPPED_EARLY : FindingCode.STOPPED_LATE,
                "replayed up to " + last.end(),
                "replayed up to " + (found == null ? "nothing" : found));
    }

    private void askTransactionStatuses(WalRecord last) {
        Set<Long> committed = prediction.mustBeCommitted();
        Set<Long> aborted = prediction.mustBeAborted();
        Set<Long> notCommitted = prediction.mustNotBeCommitted();
        List<Long> missing = new ArrayList<>();
        List<Long> extra = new ArrayList<>();
        Set<Long> wanted = new HashSet<>(committed);
        for (Map.Entry<Long, Status> answer : paused.statuses().answers().entrySet()) {
            long xid = answer.getKey();
            wanted.remove(xid);
            boolean isCommitted = answer.getValue() == Status.COMMITTED;
            if (committed.contains(xid)) {
                tally(isCommitted, xid, missing);
            } else if (!mayBeReused(xid)
                    && (notCommitted.contains(xid) || aborted.contains(xid) || mustHaveEndedInTheWal(xid))) {
                tally(!isCommitted, xid, extra);
            } else {
                xidsAgreeing++;
            }
        }
        missing.addAll(wanted);
        if (!missing.isEmpty()) {
            contradict(
                    FindingCode.STOPPED_EARLY,
                    committed.size() + " transactions committed up to " + last.end(),
                    missing.size() + " of them not committed, first xid " + lowest(missing));
        }
        if (!extra.isEmpty()) {
            contradict(
                    FindingCode.STOPPED_LATE,
                    "no transaction committed behind " + last.end(),
                    extra.size() + " committed all the same, first xid " + lowest(extra));
        }
        // without a commit before the stop, a server that replayed nothing would answer the same
        if (missing.isEmpty() && extra.isEmpty() && !committed.isEmpty() && !hasAssignedXids()) {
            agreeing.add(TRANSACTION_STATUS);
        }
    }

    /** Once it is out of recovery, a server assigns the xids behind the stop to transactions of its own. */
    private boolean mayBeReused(long xid) {
        return !paused.inRecovery()
                && prediction.nextXidAtStop().map(next -> xid >= next).orElse(true);
    }

    private boolean hasAssignedXids() {
        return !paused.inRecovery()
                && prediction
                        .nextXidAtStop()
                        .map(next -> paused.statuses().end() != next)
                        .orElse(true);
    }

    /** An xid assigned after the backup's redo position cannot have committed without an end record in the WAL read. */
    private boolean mustHaveEndedInTheWal(long xid) {
        return prediction.nextXidAtRedo().isPresent()
                && xid >= prediction.nextXidAtRedo().get();
    }

    private void tally(boolean agrees, long xid, List<Long> disagreeing) {
        if (agrees) {
            xidsAgreeing++;
        } else {
            disagreeing.add(xid);
        }
    }

    private static long lowest(List<Long> xids) {
        return xids.stream().mapToLong(Long::longValue).min().orElseThrow();
    }

    private void askHistory(PromotedAnswers answers, WalRecord last) {
        TimelineHistory history = answers.history();
        if (!hasBranched(answers) || history == null) {
            contradict(
                    FindingCode.NOT_RECOVERED,
                    "a new timeline that branches off timeline " + path.timeline(),
                    "timeline " + answers.timeline() + " without a history");
            return;
        }
        TimelineHistory.Switch branch =
                history.ancestry().get(history.ancestry().size() - 1);
        if (!history.path().subList(0, history.path().size() - 1).equals(path.path())) {
            contradict(
                    FindingCode.WRONG_BRANCH,
                    "timeline path " + path.path(),
                    "timeline path " + history.path().subList(0, history.path().size() - 1));
        } else if (!branch.switchpoint().equals(last.end())) {
            contradict(
                    branch.switchpoint().isBefore(last.end()) ? FindingCode.STOPPED_EARLY : FindingCode.STOPPED_LATE,
                    "timeline " + answers.timeline() + " branches off at " + last.end(),
                    "it branches off at " + branch.switchpoint());
        } else {
            agreeing.add(HISTORY_FILE);
        }
    }

    private void askJournal() {
        if (journal.acknowledged().isEmpty()) {
            return;
        }
        Set<Long> committed = prediction.mustBeCommitted();
        Set<Long> later = prediction.mustNotBeCommitted();
        List<Long> lost = new ArrayList<>();
        boolean sawOneThatIsBack = false;
        for (Map.Entry<Long, Lsn> acknowledged : journal.acknowledged().entrySet()) {
            if (acknowledged.getValue().isAfter(prediction.walEnd().validThrough())) {
                continue; // behind the readable WAL, which may end long after the target
            }
            long xid = acknowledged.getKey();
            boolean agrees = committed.contains(xid)
                    ? paused.statuses().of(xid) == Status.COMMITTED
                    : later.contains(xid) || endedBeforeRedo(xid);
            if (!agrees) {
                lost.add(xid);
            }
            sawOneThatIsBack |= agrees && committed.contains(xid);
        }
        List<Long> resurrected = journal.rolledBack().stream()
                .filter(xid -> paused.statuses().of(xid) == Status.COMMITTED)
                .toList();
        if (!lost.isEmpty()) {
            contradict(
                    FindingCode.STOPPED_EARLY,
                    "every acknowledged commit is in the WAL, and visible up to the target",
                    lost.size() + " acknowledged commits are not, first xid " + lowest(lost));
        }
        if (!resurrected.isEmpty()) {
            contradict(
                    FindingCode.STOPPED_LATE,
                    "no transaction that the client rolled back is visible",
                    resurrected.size() + " are committed, first xid " + lowest(resurrected));
        }
        if (lost.isEmpty() && resurrected.isEmpty() && sawOneThatIsBack) {
            agreeing.add(JOURNAL);
        }
    }

    private boolean endedBeforeRedo(long xid) {
        return prediction.nextXidAtRedo().map(next -> xid < next).orElse(false);
    }

    private void contradict(FindingCode code, String expected, String found) {
        contradictions.add(new Contradiction(code, expected, found));
    }

    private Claim conclude(WalRecord last) {
        if (!contradictions.isEmpty()) {
            return refuted();
        }
        String expected = "recovery stops behind " + last.start() + ", at " + last.end();
        if (independent() < 2) {
            return unproven(
                    expected,
                    hasAssignedXids() ? FOREIGN_XIDS : FEW_COMMITS,
                    agreeing.isEmpty()
                            ? "no witness could answer, and two are needed"
                            : "only " + String.join(" and ", agreeing) + " could answer, which is "
                                    + "one witness of the two that are needed");
        }
        return new Claim(
                NAME,
                Verdict.PROVEN,
                FindingCode.TARGET_EXACT.name(),
                expected,
                agreeing.size() + " witnesses agree, none disagrees",
                null,
                agreeing);
    }

    /** What the server was told goes before what came of it. */
    private Claim refuted() {
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        String hint = "compare witnesses.jsonl with ./pitrproof transactions on the archive";
        Optional<String> told = paused.told().otherThan(prediction.target());
        if (told.isPresent()) {
            String right = ToldTarget.rightFor(prediction.target());
            expected.add(right);
            found.add(told.get());
            hint = "tell the server " + right;
        }
        contradictions.forEach(contradiction -> {
            expected.add(contradiction.expected());
            found.add(contradiction.found());
        });
        return new Claim(
                NAME,
                Verdict.REFUTED,
                contradictions.get(0).code().name(),
                join(expected),
                join(found),
                hint,
                agreeing);
    }

    private long independent() {
        return agreeing.stream()
                .map(witness -> POSITIONS.contains(witness) ? REPLAY_POSITION : witness)
                .distinct()
                .count();
    }

    private Claim unproven(String expected, String hint, String found) {
        return new Claim(NAME, Verdict.UNPROVEN, FindingCode.NOTHING_TO_PROVE.name(), expected, found, hint, agreeing);
    }

    private static String join(List<String> parts) {
        return String.join("; ", parts);
    }
}
