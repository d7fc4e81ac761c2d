package dev.pitrproof.ci;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Objectives.Rpo;
import dev.pitrproof.evidence.Objectives.Rto;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.evidence.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code metrics.prom} into the output directory, in Prometheus' text format, for node_exporter's textfile
 * collector. The file is replaced in one step, since the collector may read it at any time.
 *
 * <p>Every series of a drill has the labels {@code scenario}, {@code drill} and {@code postgres}, the major version, so
 * that a minor upgrade does not begin a new series. A series is left out when the drill did not come so far.
 */
public final class Metrics {

    /** The file in the output directory. */
    public static final String FILE = "metrics.prom";

    private final MetricsText text = new MetricsText();
    private final List<EvidenceOnDisk> drills;

    private Metrics(List<EvidenceOnDisk> drills) {
        this.drills = drills;
    }

    /** Writes the file; no two drills may share a name. */
    public static void write(Path outputDirectory, List<EvidenceOnDisk> drills) throws IOException {
        Metrics metrics = new Metrics(drills);
        metrics.outcomes();
        metrics.objectives();
        metrics.times();
        metrics.build();
        WholeFile.write(Files.createDirectories(outputDirectory).resolve(FILE), metrics.text.toString());
    }

    /** A number of a drill, null where it has none. */
    @FunctionalInterface
    private interface Value {
        @Nullable
        Double of(Evidence evidence);
    }

    private void outcomes() {
        gauge(
                "pitrproof_drill_as_expected",
                "Whether the drill ended as it must: 1 or 0.",
                evidence -> evidence.asExpected() ? 1.0 : 0.0);
        text.family("pitrproof_drill_verdict", "1 for the verdict the drill ended with, 0 for the others.");
        for (EvidenceOnDisk drill : drills) {
            for (Verdict verdict : Verdict.values()) {
                MetricsText.Labels labels = labels(drill).and("verdict", verdict.name());
                text.sample("pitrproof_drill_verdict", labels, drill.evidence().verdict() == verdict ? 1 : 0);
            }
        }
    }

    private void objectives() {
        gauge("pitrproof_rto_seconds", "From the decision to restore until the restored cluster accepts writes.", e -> {
            Rto rto = rto(e);
            return rto == null ? null : rto.measured();
        });
        gauge("pitrproof_rto_allowed_seconds", "The longest recovery time the scenario allows.", e -> {
            Rto rto = rto(e);
            return rto == null ? null : rto.asked();
        });
        gauge(
                "pitrproof_rpo_seconds",
                "What was lost, from the last moment that is back to the damage; of a scenario, on its story's clock.",
                e -> {
                    Rpo rpo = rpo(e);
                    return rpo == null ? null : rpo.measured();
                });
        gauge("pitrproof_rpo_allowed_seconds", "The largest loss the scenario allows, on the same clock.", e -> {
            Rpo rpo = rpo(e);
            return rpo == null ? null : rpo.asked();
        });
        gauge("pitrproof_acknowledged_commits_lost", "Commits a client was told of that are not back.", e -> {
            Rpo rpo = rpo(e);
            return rpo == null ? null : (double) rpo.acknowledgedCommitsLostTotal();
        });
    }

    private void times() {
        gauge(
                "pitrproof_drill_duration_seconds",
                "How long the drill took.",
                evidence ->
                        Duration.between(evidence.started(), evidence.ended()).toNanos() / 1e9);
        gauge(
                "pitrproof_backup_size_bytes",
                "Size of the base backup that was restored.",
                evidence -> evidence.backup() == null
                        ? null
                        : (double) evidence.backup().bytes());
        text.family("pitrproof_last_run_timestamp_seconds", "When the drill ended, in seconds since 1970.");
        for (EvidenceOnDisk drill : drills) {
            text.sample(
                    "pitrproof_last_run_timestamp_seconds",
                    labels(drill),
                    drill.evidence().ended());
        }
        text.family(
                "pitrproof_last_provable_commit_timestamp_seconds",
                "The time of the last commit in the archive to which a restore can be proved, in seconds since 1970.");
        for (EvidenceOnDisk drill : drills) {
            var archive = drill.evidence().archive();
            if (archive != null && archive.lastProvableCommit() != null) {
                text.sample(
                        "pitrproof_last_provable_commit_timestamp_seconds",
                        labels(drill),
                        archive.lastProvableCommit().time());
            }
        }
    }

    private void build() {
        text.family("pitrproof_build_info", "Always 1; which pitrproof ran the drills.");
        TreeSet<String> seen = new TreeSet<>();
        for (EvidenceOnDisk drill : drills) {
            var tool = drill.evidence().tool();
            if (seen.add(tool.version() + "\n" + tool.commit())) {
                text.sample(
                        "pitrproof_build_info",
                        MetricsText.Labels.NONE.and("version", tool.version()).and("commit", tool.commit()),
                        1);
            }
        }
    }

    private void gauge(String name, String help, Value value) {
        text.family(name, help);
        for (EvidenceOnDisk drill : drills) {
            Double number = value.of(drill.evidence());
            if (number != null) {
                text.sample(name, labels(drill), number);
            }
        }
    }

    private static MetricsText.Labels labels(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        String version = evidence.postgres() == null ? "" : evidence.postgres().version();
        String major = version.split("[^0-9]", 2)[0];
        return MetricsText.Labels.NONE
                .and("scenario", evidence.scenario())
                .and("drill", drill.name())
                .and("postgres", major.isEmpty() ? "unknown" : major);
    }

    private static @Nullable Rto rto(Evidence evidence) {
        Objectives objectives = evidence.objectives();
        return objectives == null ? null : objectives.rto();
    }

    private static @Nullable Rpo rpo(Evidence evidence) {
        Objectives objectives = evidence.objectives();
        return objectives == null ? null : objectives.rpo();
    }
}
