package dev.pitrproof.html;

import dev.pitrproof.evidence.Archive;
import dev.pitrproof.evidence.Backup;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.prose.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values under a heading. What the evidence does not hold has no row; a group without rows is not there. */
public record Facts(String heading, List<Fact> rows) {

    /** A value with its name; {@code mono} is for what a machine wrote. */
    public record Fact(String name, String value, boolean mono) {}

    static List<Facts> of(Evidence evidence) {
        List<Facts> groups = new ArrayList<>();
        groups.add(backup(evidence));
        groups.add(dump(evidence.logicalBackup()));
        groups.add(archive(evidence.archive()));
        groups.add(surroundings(evidence));
        groups.removeIf(group -> group.rows().isEmpty());
        return List.copyOf(groups);
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

    private static Facts dump(@Nullable LogicalBackup dump) {
        Rows rows = new Rows();
        if (dump != null) {
            rows.mono("label", dump.label());
            rows.mono("taken by", dump.program());
            rows.mono("from", dump.origin());
            rows.mono("snapshot", dump.snapshot());
            rows.mono("taken", dump.taken());
            rows.mono("position then", dump.lsn());
            rows.add("size", Wording.bytes(dump.bytes()) + ", taken in " + Wording.seconds(dump.seconds()));
            if (dump.lastSeen() != null) {
                rows.mono("last commit in it", transaction(dump.lastSeen()));
            }
            if (dump.firstMissing() != null) {
                rows.mono("first that is not", transaction(dump.firstMissing()));
            }
            rows.mono("SHA-256", dump.sha256());
        }
        return rows.under("Logical backup");
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

    private static Facts surroundings(Evidence evidence) {
        Rows rows = new Rows();
        Postgres postgres = evidence.postgres();
        if (postgres != null) {
            rows.mono("PostgreSQL", postgres.version());
            rows.mono("system identifier", postgres.systemIdentifier());
            rows.add("sandbox", postgres.sandbox());
            rows.mono("image", postgres.image());
            rows.mono("binaries SHA-256", postgres.binariesSha256());
        }
        rows.add("drill took", Wording.duration(Duration.between(evidence.started(), evidence.ended())));
        rows.mono("started", evidence.started());
        rows.add("started by", evidence.startedBy());
        rows.mono(
                "pitrproof", evidence.tool().version() + ", " + evidence.tool().commit());
        rows.mono("seed", String.valueOf(evidence.seed()));
        if (!evidence.tags().isEmpty()) {
            rows.add("tags", String.join(", ", evidence.tags()));
        }
        return rows.under("Surroundings");
    }

    private static String transaction(TransactionRef transaction) {
        return transaction.xid() + " at " + transaction.lsn() + ", " + Wording.dateTime(transaction.time());
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
