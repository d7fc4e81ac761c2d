package dev.pitrproof.cli;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestoreChoice;
import dev.pitrproof.restore.RestoreChoice.Way;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A plan for a person. */
final class PlanLines {

    private final List<String> lines = new ArrayList<>();

    private PlanLines() {}

    static List<String> of(RestoreChoice.Result result, RecoveryTarget target, String inWords) {
        PlanLines told = new PlanLines();
        if (result instanceof RestoreChoice.Result.Chosen chosen) {
            told.chosen(chosen, inWords);
        } else if (result instanceof RestoreChoice.Result.Ambiguous ambiguous) {
            told.ambiguous(ambiguous, inWords);
        } else {
            told.none(result, target, inWords);
        }
        return told.lines;
    }

    private void chosen(RestoreChoice.Result.Chosen chosen, String inWords) {
        Way way = chosen.way();
        RestorePlan plan = way.plan().orElseThrow();
        Prediction prediction = plan.prediction();
        lines.add("REACHABLE: " + name(way.backup()) + " and "
                + counted(plan.segments().size(), "WAL segment") + " lead to " + inWords);
        lines.add("");
        lines.add(
                "copy     " + bytes(way.backup().bytes()) + ", " + way.backup().directory());
        lines.add("replay   "
                + bytes(prediction.endLsn().value() - plan.backup().startLsn().value()) + " of WAL from "
                + plan.backup().startLsn() + " to " + prediction.endLsn() + ", timeline path "
                + plan.path().path());
        if (!plan.segments().isEmpty()) {
            List<SegmentName> segments = plan.segments();
            lines.add("         segments " + segments.get(0) + " to " + segments.get(segments.size() - 1));
        }
        lines.add("A        the last to come back: " + last(prediction));
        lines.add("N        the first that does not: "
                + prediction.notApplied().stream()
                        .findFirst()
                        .map(PlanLines::inWords)
                        .orElse("none"));
        List<EndedTransaction> leftOut = prediction.leftOutThoughEarlier();
        if (!leftOut.isEmpty()) {
            lines.add("beware   " + counted(leftOut.size(), "commit") + " not later than the target "
                    + (leftOut.size() == 1 ? "stays" : "stay") + " out, behind N: "
                    + String.join(
                            ", ",
                            leftOut.stream()
                                    .limit(5)
                                    .map(end -> "xid " + end.xid())
                                    .toList()));
        }
        for (Way other : chosen.ways()) {
            if (!other.equals(way)) {
                lines.add("not      " + name(other.backup()) + " on timeline " + other.timeline() + ": "
                        + (other.outcome() instanceof PlanOutcome.Refused refused
                                ? refused.claim().found()
                                : "leads to the same state, but needs more WAL or another timeline"));
            }
        }
    }

    private void none(RestoreChoice.Result none, RecoveryTarget target, String inWords) {
        lines.add("NOT REACHABLE: no backup and WAL lead to " + inWords);
        for (Way way : none.ways()) {
            lines.add("");
            lines.add(name(way.backup()) + " on timeline " + way.timeline());
            if (way.outcome() instanceof PlanOutcome.Refused refused) {
                lines.add("  " + refused.claim().code() + ": expected "
                        + refused.claim().expected() + ", found "
                        + refused.claim().found());
                if (refused.claim().hint() != null) {
                    lines.add("  HINT: " + refused.claim().hint());
                }
            }
            lines.add("  reachable  " + window(way));
            nearest("before", way.window().nearestBefore(target));
            nearest("after", way.window().nearestAfter(target));
        }
    }

    private void nearest(String side, Optional<EndedTransaction> commit) {
        commit.ifPresent(end -> lines.add(String.format(
                Locale.ROOT, "  nearest %-6s %s: --target-xid=%d", side, inWords(end), end.xid() & 0xFFFFFFFFL)));
    }

    private static String window(Way way) {
        return way.window()
                .first()
                .flatMap(first -> way.window()
                        .last()
                        .map(last -> counted(way.window().commits().size(), "commit") + ", from " + inWords(first)
                                + " to " + inWords(last)))
                .orElse("no commit: the WAL ends before one that follows the backup");
    }

    private void ambiguous(RestoreChoice.Result.Ambiguous ambiguous, String inWords) {
        lines.add("WHICH TIMELINE? " + inWords + " can be reached on more than one, and they end in different states");
        for (Way way : ambiguous.candidates()) {
            Prediction prediction = way.outcome().prediction();
            lines.add("  --target-timeline=" + way.timeline() + "  " + name(way.backup()) + ", A: " + last(prediction));
        }
        lines.add("HINT: name the timeline of the server whose data you want back");
    }

    private static String name(BaseBackup backup) {
        return "backup \"" + backup.label().label() + "\"";
    }

    private static String inWords(EndedTransaction end) {
        return end.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " of xid " + end.xid() + " at "
                + FoundPrinter.time(end.time()) + " (" + end.lsn() + ")";
    }

    /** The last transaction end that comes back, or the restore point where recovery stops. */
    private static String last(Prediction prediction) {
        WalRecord record = prediction.lastApplied();
        if (record != null && record.entry() instanceof WalEntry.RestorePoint point) {
            return "restore point \"" + point.name() + "\" at " + FoundPrinter.time(point.time()) + " ("
                    + record.start() + ")";
        }
        List<EndedTransaction> applied = prediction.applied();
        return applied.isEmpty() ? "none" : inWords(applied.get(applied.size() - 1));
    }

    private static String counted(int number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }

    private static String bytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
