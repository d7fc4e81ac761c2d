package dev.pitrproof.cli;

import dev.pitrproof.evidence.Impact;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a backup did to its source, on one line. What was not measured is said to be so, with the reason. */
final class ImpactWords {

    private static final double MEGABYTE = 1e6;

    private static final Map<String, String> NAMES = Map.of(
            "walBytes", "WAL written",
            "archiverBacklogSegments", "archiver's backlog",
            "archiverOldestSeconds", "age of that backlog",
            "archiverFailing", "archiver's latest attempt",
            "replicationLagBytes", "replication lag",
            "walSenders", "WAL senders");

    private ImpactWords() {}

    static String of(Impact.OfBackup impact) {
        List<String> parts = new ArrayList<>();
        if (impact.checkpointWaitSeconds() != null) {
            parts.add(words("waited %.1f s for its checkpoint", impact.checkpointWaitSeconds()));
        }
        parts.add(words("sent %.1f MB in %.1f s", impact.bytes() / MEGABYTE, impact.seconds())
                + (impact.bytesPerSecond() == null ? "" : words(" (%.1f MB/s)", impact.bytesPerSecond() / MEGABYTE)));
        if (impact.maxRate() != null && impact.maxRate().measured() != null) {
            parts.add(words(
                    "held to %.0f kB/s: %.0f measured",
                    impact.maxRate().asked(), impact.maxRate().measured()));
        }
        if (impact.walBytes() != null) {
            parts.add(words("%.1f MB of WAL written meanwhile", impact.walBytes() / MEGABYTE));
        }
        if (impact.archiverBacklogSegments() != null) {
            parts.add("archiver at most " + impact.archiverBacklogSegments() + " files behind"
                    + (impact.archiverOldestSeconds() == null
                            ? ""
                            : words(" and %.0f s", impact.archiverOldestSeconds())));
        }
        if (Boolean.TRUE.equals(impact.archiverFailing())) {
            parts.add("the archiver is FAILING");
        }
        if (impact.replicationLagBytes() != null) {
            parts.add(words("other standbys at most %.1f MB behind", impact.replicationLagBytes() / MEGABYTE));
        }
        if (impact.walSenders() != null && impact.walSenders() > 0) {
            parts.add(impact.walSenders() + (impact.walSenders() == 1 ? " other WAL sender" : " other WAL senders"));
        }
        String measured = String.join(", ", parts);
        return impact.notMeasured().isEmpty() ? measured : measured + "; " + notMeasured(impact.notMeasured());
    }

    /** The same reason is said once. */
    private static String notMeasured(Map<String, String> reasons) {
        List<String> said = new ArrayList<>();
        for (String reason : reasons.values().stream().distinct().toList()) {
            List<String> names = reasons.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(reason))
                    .map(entry -> NAMES.getOrDefault(entry.getKey(), entry.getKey()))
                    .toList();
            said.add(String.join(", ", names) + " (" + reason + ")");
        }
        return "not measured: " + String.join(", ", said);
    }

    private static String words(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
