package dev.pitrproof.html;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.Witnesses;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was asked for, as the WAL alone foretells it and as the restored server, its files and the client's
 * journal say it. What nobody says is empty.
 */
public record Comparison(String what, String asked, String foretold, String said) {

    private static final String NOTHING = "";

    static List<Comparison> of(Aim aim) {
        Evidence evidence = aim.evidence();
        @Nullable Oracle oracle = evidence.oracle();
        @Nullable Witnesses witnesses = evidence.witnesses();
        if (evidence.logicalBackup() != null) {
            return dump(evidence, evidence.logicalBackup());
        }
        List<Comparison> rows = new ArrayList<>();
        rows.add(new Comparison("recovery stops", target(aim), through(oracle), replayed(aim, witnesses)));
        rows.add(new Comparison("what the server was told", NOTHING, NOTHING, told(aim, witnesses)));
        rows.add(new Comparison(
                "last transaction end (A)",
                NOTHING,
                record(oracle == null ? null : oracle.lastApplied()),
                witnesses == null || witnesses.lastReplayTime() == null
                        ? NOTHING
                        : "last replayed end at " + Wording.dateTime(witnesses.lastReplayTime())));
        rows.add(new Comparison(
                "first that must not be applied (N)",
                NOTHING,
                record(oracle == null ? null : oracle.firstNotApplied()),
                witnesses == null || witnesses.snapshotXmax() == null
                        ? NOTHING
                        : "snapshot’s xmax " + witnesses.snapshotXmax() + ": none from there on has committed"));
        rows.add(transactions(oracle, witnesses));
        rows.add(timelines(evidence));
        rows.add(system(evidence));
        rows.add(new Comparison("history file after promotion", NOTHING, NOTHING, history(witnesses)));
        rows.add(new Comparison(
                "client’s journal",
                NOTHING,
                NOTHING,
                witnesses == null || witnesses.acknowledgedCommits() == null
                        ? NOTHING
                        : Wording.count(witnesses.acknowledgedCommits())
                                + " commits acknowledged, from the story’s beginning to its end"));
        rows.removeIf(row -> row.foretold().isEmpty()
                && row.said().isEmpty()
                && (row.asked().isEmpty() || !row.what().equals("recovery stops")));
        return List.copyOf(rows);
    }

    /** Of a dump there is no recovery; its snapshot says which commits of the WAL are in it. */
    private static List<Comparison> dump(Evidence evidence, LogicalBackup dump) {
        String said = evidence.claims().stream()
                .filter(claim -> claim.claim().equals("snapshot-restored"))
                .map(Claim::found)
                .findFirst()
                .orElse("nothing was restored");
        return List.of(
                new Comparison(
                        "what the dump holds",
                        "the snapshot of " + dump.storyTime() + " on the story’s clock; "
                                + Wording.dateTime(dump.taken()) + " on the server’s",
                        Wording.count(dump.seen()) + " commits are in it",
                        "of the workloads’ transactions: " + said),
                new Comparison(
                        "what it lacks",
                        NOTHING,
                        Wording.count(dump.missing()) + " commits before the damage are not in it",
                        NOTHING));
    }

    private static String target(Aim aim) {
        Target target = aim.target();
        if (target == null) {
            return NOTHING;
        }
        List<String> parts = new ArrayList<>();
        if (target.storyTime() != null) {
            parts.add(target.storyTime() + " on the story’s clock");
        }
        if (aim.time() != null) {
            parts.add(Wording.dateTime(aim.time()) + " on the server’s");
        } else {
            parts.add((target.kind() + " " + target.value()).strip());
        }
        parts.add(target.inclusive() ? "a record at the target is applied" : "a record at the target is not applied");
        return String.join("; ", parts);
    }

    private static String told(Aim aim, @Nullable Witnesses witnesses) {
        if (witnesses == null) {
            return NOTHING;
        }
        Map<String, String> settings = new LinkedHashMap<>(witnesses.told());
        String time = settings.remove("recovery_target_time");
        String zone = settings.remove("timezone");
        Stream<String> others =
                settings.entrySet().stream().map(setting -> setting.getKey() + " = " + setting.getValue());
        String moment = witnesses.toldTime() == null ? "" : moment(aim, witnesses.toldTime());
        return Stream.concat(
                        time == null
                                ? Stream.empty()
                                : Stream.of("recovery_target_time = " + time + " in the time zone " + zone + moment),
                        others)
                .collect(Collectors.joining("; "));
    }

    private static String moment(Aim aim, Instant told) {
        Duration late = aim.time() == null ? Duration.ZERO : Duration.between(aim.time(), told);
        return ", which is " + Wording.dateTime(told)
                + (late.isZero()
                        ? ""
                        : ", " + Wording.duration(late.abs()) + (late.isNegative() ? " earlier" : " later")
                                + " than asked for");
    }

    private static String through(@Nullable Oracle oracle) {
        if (oracle == null) {
            return NOTHING;
        }
        RecordRef last = oracle.lastApplied();
        String end = oracle.appliedThroughLsn() != null
                ? oracle.appliedThroughLsn()
                : last == null ? null : last.endLsn() == null ? last.lsn() : last.endLsn();
        return end == null ? "before any record" : "at " + end;
    }

    private static String replayed(Aim aim, @Nullable Witnesses witnesses) {
        if (witnesses == null) {
            return "nothing was restored";
        }
        String where = witnesses.replayLsn() == null ? "" : "at " + witnesses.replayLsn() + ": ";
        return where + Prose.reached(aim.evidence());
    }

    private static String record(@Nullable RecordRef record) {
        if (record == null) {
            return NOTHING;
        }
        return record.kind() + (record.xid() == null ? "" : " of transaction " + record.xid()) + " at " + record.lsn()
                + (record.time() == null ? "" : ", " + Wording.dateTime(record.time()));
    }

    private static Comparison transactions(@Nullable Oracle oracle, @Nullable Witnesses witnesses) {
        String foretold = oracle == null
                ? NOTHING
                : Wording.count(oracle.committed()) + " must be committed, " + Wording.count(oracle.notCommitted())
                        + " must not";
        String said = witnesses == null
                ? NOTHING
                : Wording.count(witnesses.xidsAgreeing()) + " of " + Wording.count(witnesses.xidsAsked())
                        + " answers agree";
        return new Comparison("transactions", NOTHING, foretold, said);
    }

    private static Comparison timelines(Evidence evidence) {
        Oracle oracle = evidence.oracle();
        Witnesses witnesses = evidence.witnesses();
        Target target = evidence.target();
        String said = witnesses == null ? NOTHING : Wording.path(witnesses.timelinePath());
        if (witnesses != null && witnesses.controlTimeline() != null) {
            said += (said.isEmpty() ? "" : "; ") + "control data: " + witnesses.controlTimeline();
        }
        return new Comparison(
                "timelines",
                target == null ? NOTHING : String.valueOf(target.timeline()),
                oracle == null ? NOTHING : Wording.path(oracle.timelinePath()),
                said);
    }

    private static Comparison system(Evidence evidence) {
        Postgres postgres = evidence.postgres();
        Witnesses witnesses = evidence.witnesses();
        String said =
                witnesses == null || witnesses.systemIdentifier() == null ? NOTHING : witnesses.systemIdentifier();
        return new Comparison("system identifier", postgres == null ? NOTHING : postgres.systemIdentifier(), "", said);
    }

    private static String history(@Nullable Witnesses witnesses) {
        if (witnesses == null || witnesses.historySwitchLsn() == null) {
            return NOTHING;
        }
        String to = witnesses.newTimeline() == null ? "" : " to timeline " + witnesses.newTimeline();
        return "switched" + to + " at " + witnesses.historySwitchLsn();
    }
}
