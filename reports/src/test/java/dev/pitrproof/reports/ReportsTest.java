package dev.pitrproof.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Drills;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {

    private final Path directory;

    ReportsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void allOfThemAreWritten() throws IOException {
        Reports.write(directory, Drills.write(directory, "dropped-table-1", "dropped-table-2"));

        assertThat(List.of(
                        "index.html",
                        "style.css",
                        "drills/dropped-table-1.html",
                        "drills/dropped-table-1.svg",
                        "junit/TEST-dropped-table.xml",
                        "summary.md",
                        "metrics.prom",
                        "allure-results/categories.json"))
                .allSatisfy(file -> assertThat(directory.resolve(file)).isNotEmptyFile());
    }

    @Test
    void drillsOfOneNameAreToldApartInAllOfThem() throws IOException {
        Reports.write(
                directory,
                List.of(
                        new EvidenceOnDisk(Samples.read("stopped-late"), "../shard-1/hourly-1"),
                        new EvidenceOnDisk(Samples.read("stopped-late"), "../shard-2/hourly-1")));

        for (String file : List.of("index.html", "junit/TEST-hourly.xml", "summary.md", "metrics.prom")) {
            assertThat(Files.readString(directory.resolve(file)))
                    .contains("hourly-1 (container, 1)", "hourly-1 (container, 2)");
        }
        try (var results = Files.newDirectoryStream(directory.resolve("allure-results"), "*-result.json")) {
            assertThat(results).hasSize(2);
        }
        try (var pages = Files.newDirectoryStream(directory.resolve("drills"), "*.html")) {
            assertThat(pages)
                    .extracting(Files::readString)
                    .anyMatch(page -> page.contains("./../../shard-1/hourly-1/evidence.json"))
                    .anyMatch(page -> page.contains("./../../shard-2/hourly-1/evidence.json"))
                    .hasSize(2);
        }
    }

    @Test
    void renderingAgainGivesTheSame() throws IOException {
        List<EvidenceOnDisk> drills = Drills.write(directory, "dropped-table-1", "stopped-late");
        Reports.write(directory, drills);
        List<String> first = contents();

        Reports.write(directory, drills);

        assertThat(contents()).isEqualTo(first);
    }

    private List<String> contents() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> {
                        try {
                            return file + "\n" + Files.readString(file);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
