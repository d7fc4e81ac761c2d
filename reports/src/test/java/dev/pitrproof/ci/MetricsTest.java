package dev.pitrproof.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.ci.PrometheusText.Sample;
import dev.pitrproof.evidence.Drills;
import dev.pitrproof.evidence.EvidenceOnDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {

    private static final Map<String, String> FIRST =
            Map.of("scenario", "dropped-table", "drill", "dropped-table-1", "postgres", "17");

    private final Path directory;

    MetricsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void demonstration() throws IOException {
        List<Sample> samples = write(Drills.write(directory, "dropped-table-1"));

        assertThat(samples)
                .contains(
                        new Sample("pitrproof_drill_as_expected", FIRST, "1"),
                        new Sample("pitrproof_rto_seconds", FIRST, "1.94"),
                        new Sample("pitrproof_rto_allowed_seconds", FIRST, "300"),
                        new Sample("pitrproof_rpo_seconds", FIRST, "60"),
                        new Sample("pitrproof_rpo_allowed_seconds", FIRST, "60"),
                        new Sample("pitrproof_acknowledged_commits_lost", FIRST, "16"),
                        new Sample("pitrproof_drill_duration_seconds", FIRST, "24.6"),
                        new Sample("pitrproof_backup_size_bytes", FIRST, "40265318"),
                        new Sample("pitrproof_last_run_timestamp_seconds", FIRST, "1769430683.518430"),
                        new Sample("pitrproof_last_provable_commit_timestamp_seconds", FIRST, "1769430677.809310"),
                        new Sample("pitrproof_build_info", Map.of("version", "0.1.0", "commit", "4f834e1"), "1"));
    }

    @Test
    void exactlyOneVerdictIsOne() throws IOException {
        List<Sample> samples = write(Drills.write(directory, "dropped-table-2"));

        assertThat(samples.stream()
                        .filter(sample -> sample.name().equals("pitrproof_drill_verdict"))
                        .map(sample -> sample.labels().get("verdict") + "=" + sample.value()))
                .containsExactly("PROVEN=0", "UNPROVEN=0", "REFUTED=1");
        assertThat(samples.stream().filter(sample -> sample.name().equals("pitrproof_drill_as_expected")))
                .as("a demonstration of damage is as expected")
                .allMatch(sample -> sample.value().equals("1"));
    }

    @Test
    void whatADrillDidNotComeToHasNoSeries() throws IOException {
        List<Sample> samples = write(Drills.write(directory, "environment"));

        assertThat(samples)
                .extracting(Sample::name)
                .doesNotContain(
                        "pitrproof_rto_seconds",
                        "pitrproof_rpo_seconds",
                        "pitrproof_last_provable_commit_timestamp_seconds")
                .contains("pitrproof_last_run_timestamp_seconds");
        assertThat(samples.get(0).value()).isEqualTo("0");
    }

    @Test
    void drillsOfOneNameAreDifferentSeries() throws IOException {
        // the parser refuses a series that comes twice
        assertThat(write(Drills.write(directory, "dropped-table-1", "environment", "stopped-late", "minimal")))
                .isNotEmpty();
    }

    @Test
    void whateverIsInTheEvidenceIsAValue() throws IOException {
        List<Sample> samples = write(List.of(new EvidenceOnDisk(Drills.hostile(directory), "drill")));

        assertThat(samples.get(0).labels())
                .containsEntry("drill", Drills.HOSTILE)
                .containsEntry("scenario", Drills.HOSTILE)
                .containsOnlyKeys("drill", "scenario", "postgres");
    }

    @Test
    void nothingIsLeftBesideTheFile() throws IOException {
        Path output = directory.resolve("textfile");

        Metrics.write(output, List.of());
        Metrics.write(output, List.of());

        try (var files = Files.list(output)) {
            assertThat(files).containsExactly(output.resolve(Metrics.FILE));
        }
    }

    private List<Sample> write(List<EvidenceOnDisk> drills) throws IOException {
        Metrics.write(directory, EvidenceOnDisk.named(drills));
        return PrometheusText.parse(Files.readString(directory.resolve(Metrics.FILE)));
    }
}
