package dev.pitrproof.html;

import dev.pitrproof.evidence.Archive;
import dev.pitrproof.evidence.Backup;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Objectives.Rpo;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.evidence.Witnesses;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values under a heading. What the evidence does not hold has no row; a group without rows is not there. */
public record Facts(String heading, List<Fact> rows) {

    private static final int LEFT_OUT_SHOWN = 10;

    /** A value with its name; {@code mono} is for what a machine wrote. */
    public record Fact(String name, String value, boolean mono) {}

    static List<Facts> of(Aim aim) {
        Evidence evidence = aim.evidence();
        List<Facts> groups = new ArrayList<>();
        groups.add(asked(aim));
        groups.add(foretold(evidence.oracle()));
        groups.add(witnesses(evidence.witnesses()));
        groups.add(lost(evidence));
        groups.add(backup(evidence));
        groups.add(archive(evidence.archive()));
        groups.add(noted(evidence));
        groups.add(surroundings(evidence));
        groups.removeIf(group -> group.rows().isEmpty());
        return List.copyOf(groups);
    }

    private static Facts asked(Aim aim) {
        Rows rows = new Rows();
        Target target = aim.target();
        if (target != null) {
            rows.mono("story clock", target.storyTime());
            rows.mono("server clock", aim.time());
            if (aim.time() == null) {
                rows.mono(target.kind(), target.value().isEmpty() ? target.kind() : target.value());
            }
            rows.add("record at the target", target.inclusive() ? "applied" : "not applied");
            rows.mono("timeline", String.valueOf(target.timeline()));
        }
        return rows.under("Asked for");
    }

    private static Facts foretold(@Nullable Oracle oracle) {
        Rows rows = new Rows();
        if (oracle != null) {
            rows.add("must be committed", Wording.count(oracle.committed(), "transaction"));
            rows.add("must not be", Wording.count(oracle.notCommitted(), "transaction"));
            rows.mono("timelines", Wording.path(oracle.timelinePath()));
            leftOut(oracle.leftOutThoughEarlier(), rows);
        }
        return rows.under("Foretold by the WAL");
    }

    /** After a step of the clock these can be thousands. */
    private static void leftOut(List<TransactionRef> transactions, Rows rows) {
        transactions.stream()
                .limit(LEFT_OUT_SHOWN)
                .forEach(transaction -> rows.mono("left out though earlier", transaction(transaction)));
        int more = transactions.size() - LEFT_OUT_SHOWN;
        if (more > 0) {
            rows.add("left out though earlier", "and " + Wording.count(more) + " more, which evidence.json lists");
        }
    }

    private static Facts witnesses(@Nullable Witnesses witnesses) {
        Rows rows = new Rows();
        if (witnesses != null) {
            rows.mono("replayed through", witnesses.replayLsn());
            rows.mono("last replayed end", witnesses.lastReplayTime());
            rows.add(
                    "transactions asked",
                    Wording.count(witnesses.xidsAgreeing()) + " of " + Wording.count(witnesses.xidsAsked())
                            + " answers agree");
            rows.mono("snapshot xmax", witnesses.snapshotXmax());
            rows.mono("timelines", Wording.path(witnesses.timelinePath()));
            rows.mono("control data: timeline", witnesses.controlTimeline());
            rows.mono("control data: system", witnesses.systemIdentifier());
            rows.mono("history file: switched at", witnesses.historySwitchLsn());
            rows.mono("new timeline", witnesses.newTimeline());
            if (witnesses.acknowledgedCommits() != null) {
                rows.add("journal", Wording.count(witnesses.acknowledgedCommits()) + " acknowledged commits");
            }
        }
        return rows.under("Said by the witnesses");
    }

    private static Facts lost(Evidence evidence) {
        Rows rows = new Rows();
        Rpo rpo = evidence.objectives() == null ? null : evidence.objectives().rpo();
        if (rpo != null) {
            rows.add("lost", String.valueOf(Prose.loss(evidence)));
            rows.mono("recovered through", rpo.recoveredThrough());
            rows.mono("damage", rpo.damage());
            rows.add("acknowledged commits lost", Wording.count(rpo.acknowledgedCommitsLostTotal()));
            for (TransactionRef transaction : rpo.acknowledgedCommitsLost()) {
                rows.mono("one of them", transaction(transaction));
            }
            long more = rpo.acknowledgedCommitsLostTotal()
                    - rpo.acknowledgedCommitsLost().size();
            if (more > 0 && !rpo.acknowledgedCommitsLost().isEmpty()) {
                rows.add("", "and " + Wording.count(more) + " more");
            }
        }
        return rows.under("Recovery point");
    }

    private static Facts backup(Evidence evidence) {
        Rows rows = new Rows();
        Backup backup = evidence.backup();
        Objectives objectives = evidence.objectives();
        if (backup != null) {
            rows.mono("label", backup.label());
            boolean isEndKnown = !backup.stopLsn().equals("0/0"); // only a manifest tells
            rows.mono("from, to", backup.startLsn() + ", " + (isEndKnown ? backup.stopLsn() : "unknown, no manifest"));
            rows.mono("timeline", String.valueOf(backup.timeline()));
            rows.add("size", Wording.bytes(backup.bytes()) + ", taken in " + Wording.seconds(backup.seconds()));
            if (objectives != null && objectives.rto() != null) {
                restored(rows, objectives.rto());
            }
            rows.mono("manifest SHA-256", backup.manifestSha256());
        }
        return rows.under("Base backup");
    }

    private static void restored(Rows rows, Objectives.Rto rto) {
        if (rto.copy() != null) {
            rows.add("restored as", copy(rto.copy()));
        }
        if (rto.checks() != null) {
            rows.add("checked in", Wording.seconds(rto.checks()));
        }
    }

    private static String copy(String method) {
        return switch (method) {
            case "reflink" -> "reflinks, which share its blocks";
            case "overlay" -> "an overlay, which copies files when they are opened";
            case "plain" -> "a plain copy";
            default -> method; // evidence of a later version
        };
    }

    private static Facts archive(@Nullable Archive archive) {
        Rows rows = new Rows();
        if (archive != null) {
            rows.add("segments", Wording.count(archive.segments()));
            rows.mono("from, to", archive.firstLsn() + ", " + archive.lastLsn());
            rows.mono("readable through", archive.readableThroughLsn());
            if (archive.lastProvableCommit() != null) {
                rows.mono("last provable commit", transaction(archive.lastProvableCommit()));
            }
            rows.mono("recovery range SHA-256", archive.recoveryRangeSha256());
        }
        return rows.under("WAL archive");
    }

    private static Facts noted(Evidence evidence) {
        Rows rows = new Rows();
        evidence.notes().forEach(note -> rows.add("note", note));
        return rows.under("Worth knowing");
    }

    private static Facts surroundings(Evidence evidence) {
        Rows rows = new Rows();
        Postgres postgres = evidence.postgres();
        if (postgres != null) {
            rows.mono("PostgreSQL", postgres.version());
            rows.mono("system", postgres.systemIdentifier());
            rows.add("sandbox", postgres.sandbox());
            rows.mono("image", postgres.image());
            rows.mono("binaries SHA-256", postgres.binariesSha256());
        }
        evidence.isolation().forEach((item, level) -> rows.add("isolation: " + item, level.replace('-', ' ')));
        rows.add("drill took", Wording.duration(Duration.between(evidence.started(), evidence.ended())));
        rows.mono("started", evidence.started());
        rows.add("started by", evidence.startedBy());
        rows.mono(
                "pitrproof", evidence.tool().version() + ", " + evidence.tool().commit());
        rows.mono("seed", String.valueOf(evidence.seed()));
        return rows.under("Surroundings");
    }

    private static String transaction(TransactionRef transaction) {
        return transaction.xid() + " at " + transaction.lsn() + ", " + Wording.time(transaction.time());
    }

    private static final class Rows {
        private final List<Fact> rows = new ArrayList<>();

        void add(String name, String value) {
            rows.add(new Fact(name, value, false));
        }

        void mono(String name, @Nullable Object value) {
            if (value instanceof Instant instant) {
                rows.add(new Fact(name, Wording.dateTime(instant), true));
            } else if (value != null && !value.toString().isEmpty()) {
                rows.add(new Fact(name, value.toString(), true));
            }
        }

        Facts under(String heading) {
            return new Facts(heading, List.copyOf(rows));
        }
    }
}
