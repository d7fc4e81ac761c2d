package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All scenarios on all majors: minutes, and so no part of a build. {@code bench/catalogue/run} runs it. */
class CatalogueOnEveryMajor {

    @Test
    void everyDrillEndsAsItsScenarioSays() throws Exception {
        Path output = Path.of(System.getProperty("catalogue.output"));
        Path scenarios = Path.of(System.getProperty("catalogue.scenarios"));
        Instant begun = Instant.now();

        int code = Main.commandLine(
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(
                        "run",
                        "--sandbox=process",
                        "--shard=1/1",
                        "--postgres=" + System.getProperty("catalogue.majors"),
                        "--jobs=" + System.getProperty("catalogue.jobs"),
                        "--output=" + output,
                        scenarios.toString());

        EvidenceSearch search = EvidenceSearch.in(List.of(output));
        CatalogueResult result = new CatalogueResult(search.found().stream()
                .map(EvidenceSearch.Found::evidence)
                .filter(drill -> !drill.started().isBefore(begun))
                .toList());
        Files.writeString(
                Path.of(System.getProperty("catalogue.result")),
                result.text(System.getProperty("catalogue.commit", "unknown"), Duration.between(begun, Instant.now())));
        assertThat(search.problems()).isEmpty();
        assertThat(result.surprises()).isEmpty();
        assertThat(code).isEqualTo(result.notPlayed().isEmpty() ? 0 : 3);
    }
}
