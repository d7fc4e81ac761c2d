package dev.pitrproof.prose;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Objectives.Rpo;
import dev.pitrproof.evidence.Objectives.Rto;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.evidence.Surprise;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.prose.Aim.Stop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The sentences of the page. */
public final class Prose {

    private Prose() {}

    public static String overall(Collection<Evidence> drills) {
        if (drills.isEmpty()) {
            return "No drill was run.";
        }
        long asExpected = drills.stream().filter(Evidence::asExpected).count();
        String sentence =
                Wording.count(asExpected) + " of " + Wording.count(drills.size(), "drill") + " ended as expected";
        long others = drills.size() - asExpected;
        return others == 0 ? sentence + "." : sentence + "; " + Wording.count(others) + " did not.";
    }

    /** How often each verdict came out: {@code 1 PROVEN, 1 REFUTED}. */
    public static String tally(Collection<Evidence> drills) {
        List<String> parts = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            long count = drills.stream()
                    .filter(evidence -> evidence.verdict() == verdict)
                    .count();
            if (count > 0) {
                parts.add(Wording.count(count) + " " + verdict);
            }
        }
        return String.join(", ", parts);
    }

    public static String outcome(Evidence evidence) {
        if (evidence.asExpected()) {
            String code = evidence.expected().code();
            return code == null ? "as expected" : "as expected, by " + code;
        }
        return "but " + evidence.expected() + " was expected";
    }

    /** What was asked for, in a few words. */
    public static String asked(Evidence evidence) {
        return Aim.of(evidence).targetText();
    }

    /** What became of it, in a few words. */
    public static String reached(Evidence evidence) {
        return switch (Aim.of(evidence).stop()) {
            case NOWHERE -> evidence.logicalBackup() == null ? "not restored" : "restored from a dump";
            case EXACT -> "exactly there";
            case EARLY -> "stopped too early";
            case LATE -> "stopped too late";
            case UNKNOWN -> "restored";
        };
    }

    /** The whole recovery time with its bound, null when it was not measured. */
    public static @Nullable String recoveryTime(Evidence evidence) {
        Rto rto = evidence.objectives() == null ? null : evidence.objectives().rto();
        return rto == null ? null : Wording.seconds(rto.measured()) + bound(rto.asked());
    }

    /** The loss with its bound, null when it was not measured. */
    public static @Nullable String loss(Evidence evidence) {
        Rpo rpo = evidence.objectives() == null ? null : evidence.objectives().rpo();
        return rpo == null ? null : Wording.seconds(rpo.measured()) + bound(rpo.asked());
    }

    private static String bound(@Nullable Double asked) {
        return asked == null ? "" : ", of " + Wording.seconds(asked) + " allowed";
    }

    /** Why the drill ended as it did, for somebody who has ten seconds. */
    public static String why(Evidence evidence) {
        Aim aim = Aim.of(evidence);
        Optional<Claim> reason = evidence.claims().stream()
                .filter(claim -> claim.verdict() == evidence.verdict())
                .findFirst();
        String found = reason.map(Prose::found).orElse("");
        if (evidence.logicalBackup() != null) {
            return dump(evidence, evidence.logicalBackup(), found);
        }
        if (!aim.restored()) {
            return withoutRestore(evidence) + found;
        }
        return switch (evidence.verdict()) {
            case PROVEN -> proven(aim);
            case REFUTED ->
                refuted(
                        aim,
                        reason.map(Claim::code).orElse(""),
                        reason.filter(claim -> claim.claim().startsWith("sweep"))
                                .isEmpty(),
                        found);
            case UNPROVEN -> "A restore took place, but it proves nothing yet. " + found;
        };
    }

    /** What is to be done about it, null for a drill that proved what it had to. */
    public static @Nullable String next(Evidence evidence) {
        Optional<Surprise> surprise = Surprise.of(evidence);
        if (surprise.isEmpty()) {
            return evidence.verdict() == Verdict.PROVEN
                    ? null
                    : "Nothing: this drill is there to end so. Had it not, the proof would be worth nothing.";
        }
        if (evidence.verdict() == Verdict.PROVEN) {
            return "The damage that this drill is to show was not there, or nothing that it claims depends on it: look at"
                    + " the story, and at the claims.";
        }
        return surprise.get().findings().stream()
                .map(Claim::hint)
                .filter(Objects::nonNull)
                .findFirst()
                .map(Wording::sentence)
                .orElse("Look at the claims below, and at the server’s log among the files.");
    }

    private static String dump(Evidence evidence, LogicalBackup dump, String found) {
        String loss = loss(evidence);
        Rpo rpo = evidence.objectives() == null ? null : evidence.objectives().rpo();
        String lost = rpo == null || loss == null
                ? ""
                : " What was committed later is gone: " + Wording.seconds(rpo.measured()) + " of work, "
                        + Wording.count(rpo.acknowledgedCommitsLostTotal(), "acknowledged transaction") + ".";
        return switch (evidence.verdict()) {
            case PROVEN -> "The dump of " + dump.storyTime() + " brings back all that its snapshot saw." + lost;
            case REFUTED ->
                "A dump leads to its own moment alone, " + dump.storyTime() + "." + lost + " Refuted by: " + found;
            case UNPROVEN -> "The dump of " + dump.storyTime() + " proves nothing yet. " + found;
        };
    }

    /** What a claim found, as a sentence; a query's answer alone would say nothing. */
    private static String found(Claim claim) {
        boolean isAnswer = claim.claim().startsWith("query: ") && claim.verdict() == Verdict.REFUTED;
        return isAnswer
                ? "The query “" + claim.claim().substring("query: ".length()) + "” returned " + claim.found() + ", and "
                        + claim.expected() + " was expected."
                : Wording.sentence(claim.found());
    }

    private static String withoutRestore(Evidence evidence) {
        boolean gap = evidence.archive() != null && evidence.archive().readableThroughLsn() != null;
        return switch (evidence.verdict()) {
            case PROVEN -> "Nothing had to be restored: every claim held. ";
            case REFUTED ->
                gap
                        ? "No restore took place: the target cannot be reached. "
                        : evidence.oracle() == null
                                ? "No restore took place. "
                                : "The restore did not get to its target. ";
            case UNPROVEN -> "Nothing was restored, so nothing is proved. ";
        };
    }

    private static String proven(Aim aim) {
        Oracle oracle = aim.evidence().oracle();
        String back = oracle == null
                ? ""
                : " Every transaction up to there is back (" + Wording.count(oracle.committed())
                        + " commits), and none after it."
                        + (oracle.timelinePath().size() < 2
                                ? ""
                                : " On its way recovery followed the timelines " + Wording.path(oracle.timelinePath())
                                        + ".")
                        + leftOut(oracle);
        return aim.accident()
                        .map(accident -> aim.isReplayed(accident)
                                ? "Restored to " + aim.targetText() + ", after the accident at " + accident.storyTime()
                                        + "."
                                : "Restored to " + aim.targetText() + ", before the accident at " + accident.storyTime()
                                        + ": recovery stops short of it, so what it destroyed is back.")
                        .orElse("Restored to " + aim.targetText() + ".")
                + back;
    }

    /** What "everything up to T" would have meant besides. */
    private static String leftOut(Oracle oracle) {
        int count = oracle.leftOutThoughEarlier().size();
        if (count == 0) {
            return "";
        }
        return " " + Wording.count(count, "commit") + " with a time up to T " + (count == 1 ? "is" : "are")
                + " not back all the same, first transaction "
                + oracle.leftOutThoughEarlier().get(0).xid()
                + ": in the WAL " + (count == 1 ? "it comes" : "they come")
                + " behind a transaction that ended after T, and there recovery stops.";
    }

    /** @param isAboutTheEnd whether the target's own state is refuted, not one on the way there */
    private static String refuted(Aim aim, String code, boolean isAboutTheEnd, String found) {
        Stop stop = aim.stop();
        if (stop == Stop.LATE || stop == Stop.EARLY) {
            return "Recovery stopped too " + (stop == Stop.LATE ? "late" : "early") + ". " + found;
        }
        Optional<Moment> replayed = aim.accident()
                .filter(accident -> isAboutTheEnd && code.equals("DATA_DIFFERS"))
                .filter(aim::isReplayed);
        return replayed.map(accident -> aim.targetText() + " is too late: the accident was at " + accident.storyTime()
                                + ", and recovery faithfully repeats everything up to its target, the accident too. ")
                        .orElse("")
                + found;
    }

    public static @Nullable String lastApplied(Aim aim) {
        RecordRef record = aim.lastApplied();
        if (record == null) {
            return null;
        }
        String what = record.xid() == null ? "is the last record " : "is the last transaction end ";
        String did = what + (aim.stop() == Stop.EXACT ? "that PostgreSQL applied: " : "to apply: ");
        return did + named(record) + " at " + record.lsn() + distance(aim, record, " before") + ".";
    }

    public static @Nullable String firstNotApplied(Aim aim) {
        RecordRef record = aim.firstNotApplied();
        if (record == null) {
            return null;
        }
        return "is the first one it must not apply: " + named(record) + " at " + record.lsn()
                + distance(aim, record, " after") + ".";
    }

    /** Why neither A nor N can be shown. */
    public static String noEdge(Aim aim) {
        String start = "There is no A and no N to show: ";
        if (aim.evidence().logicalBackup() != null) {
            return start + "a dump is restored, and no recovery follows that could stop anywhere.";
        }
        if (aim.target() == null) {
            return start + "the drill ended before a target was set.";
        }
        if (aim.evidence().backup() == null) {
            return start + "there was no backup to restore from.";
        }
        Set<String> codes = aim.evidence().claims().stream().map(Claim::code).collect(Collectors.toSet());
        if (codes.contains("AFTER_LAST_COMMIT")) {
            return start + "no transaction behind the target shows that recovery may stop there.";
        }
        return start
                + (codes.contains("WRONG_BRANCH")
                        ? "no timeline in the archive leads from the backup to the target."
                        : "the WAL could not be read as far as the target, so where recovery ends cannot be foretold.");
    }

    private static String named(RecordRef record) {
        return record.xid() == null ? "a " + record.kind() : "the " + record.kind() + " of transaction " + record.xid();
    }

    private static String distance(Aim aim, RecordRef record, String side) {
        Instant time = record.time();
        if (time == null || aim.time() == null) {
            return "";
        }
        Duration distance = Duration.between(time, aim.time()).abs();
        return distance.isZero() ? ", at T to the microsecond" : ", " + Wording.duration(distance) + side + " T";
    }

    /** The picture in words. */
    public static String description(Aim aim) {
        StringBuilder text =
                new StringBuilder("Target: ").append(aim.targetText()).append(". ");
        if (aim.evidence().story() != null) {
            for (Moment moment : aim.evidence().story().moments()) {
                if (!moment.kind().equals("target") && !moment.kind().equals("workload")) {
                    text.append(moment.storyTime())
                            .append(" ")
                            .append(moment.kind().replace('-', ' '))
                            .append(": ")
                            .append(moment.text())
                            .append(". ");
                }
            }
        }
        String applied = lastApplied(aim);
        String notApplied = firstNotApplied(aim);
        text.append(applied == null ? "" : "A " + applied + " ");
        text.append(notApplied == null ? "" : "N " + notApplied);
        return text.toString().strip();
    }
}
