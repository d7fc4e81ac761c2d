package dev.pitrproof.ci;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Surprise;
import dev.pitrproof.evidence.WholeFile;
import dev.pitrproof.html.PageName;
import dev.pitrproof.prose.Markdown;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code summary.md} into the output directory, for a build server's summary of a job: a table of the drills,
 * then each that did not end as expected with its findings. Whatever stands in the evidence is shown as text.
 */
public final class Summary {

    /** The file in the output directory. */
    public static final String FILE = "summary.md";

    /** More are only counted: a summary has to fit into 1 MB. */
    private static final int SURPRISES_MAX = 50;

    private static final int TEXT_MAX = 1_000;

    private final StringBuilder out = new StringBuilder();

    private Summary() {}

    /** Writes the file. */
    public static void write(Path outputDirectory, List<EvidenceOnDisk> drills) throws IOException {
        Summary summary = new Summary();
        summary.head(drills.stream().map(EvidenceOnDisk::evidence).toList());
        if (!drills.isEmpty()) {
            summary.table(drills);
        }
        summary.surprises(
                drills.stream().filter(drill -> !drill.evidence().asExpected()).toList());
        WholeFile.write(Files.createDirectories(outputDirectory).resolve(FILE), summary.out.toString());
    }

    private void head(List<Evidence> drills) {
        out.append("## ").append(Prose.overall(drills)).append("\n\n");
        if (!drills.isEmpty()) {
            out.append(Prose.tally(drills)).append("\n\n");
        }
    }

    private void table(List<EvidenceOnDisk> drills) {
        row("", "drill", "verdict", "expected", "asked for", "reached", "recovery time", "lost");
        row("---", "---", "---", "---", "---", "---", "---", "---");
        for (EvidenceOnDisk drill : drills) {
            Evidence evidence = drill.evidence();
            row(
                    evidence.asExpected() ? "✓" : "**✗**",
                    Markdown.code(drill.name()),
                    evidence.verdict().name(),
                    Markdown.code(evidence.expected().toString()),
                    Markdown.text(Prose.asked(evidence)),
                    Markdown.text(Prose.reached(evidence)),
                    optional(Prose.recoveryTime(evidence)),
                    optional(Prose.loss(evidence)));
        }
    }

    private void surprises(List<EvidenceOnDisk> drills) {
        if (drills.isEmpty()) {
            return;
        }
        out.append("\n### Not as expected\n");
        for (EvidenceOnDisk drill : drills.subList(0, Math.min(SURPRISES_MAX, drills.size()))) {
            surprise(drill);
        }
        if (drills.size() > SURPRISES_MAX) {
            out.append("\nAnd ")
                    .append(Wording.count(drills.size() - SURPRISES_MAX, "more drill"))
                    .append(".\n");
        }
    }

    private void surprise(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        out.append("\n#### ").append(Markdown.code(drill.name())).append(": ").append(evidence.verdict());
        out.append(" ").append(Markdown.text(Prose.outcome(evidence))).append("\n\n");
        out.append(Markdown.text(shortened(Prose.why(evidence)))).append("\n\n");
        Surprise surprise = Surprise.of(evidence).orElseThrow();
        if (surprise.findings().isEmpty()) {
            out.append("- ").append(Markdown.text(surprise.message(evidence))).append("\n");
        }
        for (Claim claim : surprise.findings()) {
            out.append("- ").append(Markdown.code(shortened(claim.claim()))).append(": ");
            out.append(claim.verdict())
                    .append(" ")
                    .append(Markdown.code(claim.code()))
                    .append("\n");
            detail("expected", claim.expected());
            detail("found", claim.found());
            detail("HINT", claim.hint());
        }
        out.append("- page: ").append(Markdown.code(PageName.of(drill).path())).append("\n");
        String directory = drill.directory().isEmpty() ? "" : drill.directory() + "/";
        out.append("- evidence: ")
                .append(Markdown.code(directory + EvidenceFile.NAME))
                .append("\n");
    }

    private void detail(String name, @Nullable String text) {
        if (text != null) {
            out.append("  - ")
                    .append(name)
                    .append(": ")
                    .append(Markdown.text(shortened(text)))
                    .append("\n");
        }
    }

    private void row(String... cells) {
        out.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String optional(@Nullable String text) {
        return text == null ? "" : Markdown.text(text);
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= TEXT_MAX
                ? text
                : text.substring(0, text.offsetByCodePoints(0, TEXT_MAX)) + "…";
    }
}
