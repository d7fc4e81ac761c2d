package dev.pitrproof.drill;

import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.scenario.RestoreTarget;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.workload.JournalEntry;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a story adds to the facts of a restore: its clock, its damage, and what its clients were told.
 *
 * @param target the moment that the restore goes back to
 * @param asked how the scenario names it
 */
record StoryFacts(Scenario scenario, Recording recording, Barrier target, RestoreTarget asked) {

    /** When the target is, on the story's clock; a time of the calendar has no place on it. */
    Optional<StoryTime> targetStoryTime() {
        return asked instanceof RestoreTarget.OfCalendar ? Optional.empty() : Optional.of(target.storyTime());
    }

    /** What they were told on a way through the timelines: what was written on other branches counts for nothing there. */
    JournalSummary journal(TimelineHistory path) {
        return summary(recording.journal().entries(), path);
    }

    static JournalSummary summary(List<JournalEntry> attempts, TimelineHistory path) {
        Map<Long, Lsn> acknowledged = new HashMap<>();
        Set<Long> rolledBack = new HashSet<>();
        for (JournalEntry attempt : attempts) {
            if (attempt.xid() == null || !attempt.liesOn(path)) {
                continue;
            }
            if (attempt.outcome() == Outcome.ACKNOWLEDGED && attempt.after() != null) {
                acknowledged.put(attempt.xid(), attempt.after());
                // after a crash a server gives an xid of which nothing got to disk away again
                rolledBack.remove(attempt.xid());
            } else if (attempt.outcome() == Outcome.REFUSED) {
                rolledBack.add(attempt.xid());
            }
        }
        return new JournalSummary(acknowledged, rolledBack);
    }

    /**
     * From what was recovered to the damage: the target's own time when recovery stopped exactly there, else the time of
     * the last transaction that is back; negative if that is behind the damage.
     */
    Duration loss(DrillFacts facts) {
        Recording.Damage damage = recording.damage();
        StoryTime end = damage == null ? target.storyTime() : damage.storyTime();
        return recoveredThrough(facts).until(end);
    }

    private StoryTime recoveredThrough(DrillFacts facts) {
        if (hasTime()
                && facts.judgement()
                        .filter(judgement -> judgement.claim().verdict() == Verdict.PROVEN)
                        .isPresent()) {
            return target.storyTime();
        }
        List<EndedTransaction> back = back(facts);
        return back.isEmpty()
                ? recording.barriers().firstKey()
                : recording.storyTimes().at(back.get(back.size() - 1).time());
    }

    /** The same on the server's clock; null if it stopped before all that the WAL tells of. */
    @Nullable
    Instant recoveredThroughTime(DrillFacts facts) {
        if (stoppedElsewhere(facts).isEmpty()) {
            return target.serverTime();
        }
        List<EndedTransaction> back = back(facts);
        return back.isEmpty() ? null : back.get(back.size() - 1).time();
    }

    /** How far a server replayed that did not stop as foretold; empty for one that did, or does not tell. */
    private static Optional<Lsn> stoppedElsewhere(DrillFacts facts) {
        return facts.judgement()
                .filter(judgement -> judgement.claim().verdict() == Verdict.REFUTED)
                .flatMap(judgement -> facts.paused())
                .map(PausedAnswers::replayLsn);
    }

    private static List<EndedTransaction> back(DrillFacts facts) {
        return ends(facts, true);
    }

    private static List<EndedTransaction> notBack(DrillFacts facts) {
        return ends(facts, false);
    }

    private static List<EndedTransaction> ends(DrillFacts facts, boolean back) {
        Prediction prediction = facts.prediction().orElse(null);
        if (prediction == null) {
            return List.of();
        }
        List<EndedTransaction> foretold = back ? prediction.applied() : prediction.notApplied();
        return stoppedElsewhere(facts)
                .map(stop -> Stream.concat(prediction.applied().stream(), prediction.notApplied().stream())
                        .filter(end -> end.end().isAfter(stop) != back)
                        .toList())
                .orElse(foretold);
    }

    /** The end of a backup, or of an archive, is where the WAL has it and not at a time that somebody chose. */
    private boolean hasTime() {
        return !(asked instanceof RestoreTarget.EndOfBackup) && !(asked instanceof RestoreTarget.EndOfArchive);
    }

    /** Commits that the client was told of, and that end behind the stop but before the damage. */
    List<EndedTransaction> acknowledgedCommitsLost(DrillFacts facts) {
        Recording.Damage damage = recording.damage();
        if (damage == null) {
            return List.of();
        }
        Set<Long> acknowledged = facts.plan()
                .map(plan -> journal(plan.path()).acknowledged().keySet())
                .orElse(Set.of());
        List<EndedTransaction> lost = new ArrayList<>();
        for (EndedTransaction end : notBack(facts)) {
            if (acknowledged.contains(end.xid()) && end.time().isBefore(damage.serverTime())) {
                lost.add(end);
            }
        }
        return lost;
    }
}
