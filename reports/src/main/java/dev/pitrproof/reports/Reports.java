package dev.pitrproof.reports;

import dev.pitrproof.allure.AllureResults;
import dev.pitrproof.ci.JunitXml;
import dev.pitrproof.ci.Metrics;
import dev.pitrproof.ci.Summary;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.html.HtmlReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Renders every report there is from the evidence alone: {@code index.html} with its style and pictures,
 * {@code allure-results/}, {@code junit/}, {@code summary.md} and {@code metrics.prom}.
 */
public final class Reports {

    private Reports() {}

    /**
     * Writes the reports into the output directory, which is made when it is not there. Drills that share a name are
     * told apart.
     */
    public static void write(Path outputDirectory, List<EvidenceOnDisk> drills) throws IOException {
        Files.createDirectories(outputDirectory);
        List<EvidenceOnDisk> named = EvidenceOnDisk.named(drills);
        HtmlReport.write(outputDirectory, named);
        AllureResults.write(outputDirectory, named);
        JunitXml.write(outputDirectory, named);
        Summary.write(outputDirectory, named);
        Metrics.write(outputDirectory, named);
    }
}
