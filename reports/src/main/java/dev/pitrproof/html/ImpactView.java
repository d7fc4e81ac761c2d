package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.html.Facts.Fact;
import dev.pitrproof.prose.Wording;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the story's base backups did to the source.
 *
 * @param notMeasured why nothing is known of it, empty when something is
 * @param backups a group of values for each backup
 */
public record ImpactView(String notMeasured, List<Facts> backups) {

    private static final int KILOBYTE = 1024;

    static ImpactView of(Evidence evidence) {
        Impact impact = evidence.impact();
        if (impact == null || impact.backups().isEmpty()) {
            return new ImpactView(why(evidence), List.of());
        }
        return new ImpactView(
                "", impact.backups().stream().map(ImpactView::facts).toList());
    }

    private static String why(Evidence evidence) {
        if (evidence.story() == null) {
            return evidence.backup() == null
                    ? "the drill ended before a base backup was taken"
                    : "pitrproof did not take this base backup, so it saw nothing of the source";
        }
        return "the pitrproof that wrote this evidence did not look";
    }

    private static Facts facts(Impact.OfBackup backup) {
        Rows rows = new Rows(backup);
        rows.add("sent", Wording.bytes(backup.bytes()) + " in " + Wording.seconds(backup.seconds()));
        Double rate = backup.bytesPerSecond();
        rows.measured("rate", "bytesPerSecond", rate == null ? null : perSecond(rate));
        Impact.MaxRate most = backup.maxRate();
        if (most != null) {
            Double held = most.measured();
            rows.add(
                    "held to",
                    perSecond(most.asked() * KILOBYTE)
                            + (held == null ? "" : ", measured " + perSecond(held * KILOBYTE)));
        }
        Double wait = backup.checkpointWaitSeconds();
        rows.measured("waited for a checkpoint", "checkpointWaitSeconds", wait == null ? null : Wording.seconds(wait));
        Long wal = backup.walBytes();
        rows.measured("WAL written meanwhile", "walBytes", wal == null ? null : Wording.bytes(wal));
        Integer backlog = backup.archiverBacklogSegments();
        rows.measured(
                "waiting for the archiver",
                "archiverBacklogSegments",
                backlog == null ? null : "at most " + Wording.count(backlog, "file"));
        Double oldest = backup.archiverOldestSeconds();
        rows.measured("longest wait of one", "archiverOldestSeconds", oldest == null ? null : Wording.seconds(oldest));
        Boolean failing = backup.archiverFailing();
        rows.measured("archiver", "archiverFailing", failing == null ? null : failing ? "failing" : "not failing");
        Long lag = backup.replicationLagBytes();
        rows.measured("others behind by", "replicationLagBytes", lag == null ? null : "at most " + Wording.bytes(lag));
        Integer senders = backup.walSenders();
        rows.measured("other WAL senders", "walSenders", senders == null ? null : "at most " + Wording.count(senders));
        rows.add("source looked at", Wording.count(backup.samples(), "time"));
        return new Facts("Backup " + backup.label(), List.copyOf(rows.facts));
    }

    private static String perSecond(double bytes) {
        return Wording.bytes(Math.round(bytes)) + "/s";
    }

    private static final class Rows {
        private final Impact.OfBackup backup;
        private final List<Fact> facts = new ArrayList<>();

        Rows(Impact.OfBackup backup) {
            this.backup = backup;
        }

        void add(String name, String value) {
            facts.add(new Fact(name, value, false));
        }

        /** What was not measured is no 0, so it says why. */
        void measured(String name, String component, @Nullable String value) {
            String why = backup.notMeasured().get(component);
            add(name, value != null ? value : why == null ? "not measured" : "not measured: " + why);
        }
    }
}
