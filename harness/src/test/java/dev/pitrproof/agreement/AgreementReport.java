package dev.pitrproof.agreement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Writes what came out as Markdown: by version and kind of target, by situation, and each disagreement. */
final class AgreementReport {

    private AgreementReport() {}

    static void write(Path file, List<Agreement> agreements) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# The oracle against PostgreSQL");
        lines.add("");
        lines.add("Written by `bench/oracle-agreement/run`; what is compared is said in `README.md` beside it.");
        lines.add("Each cell: targets on which both agree / targets tried.");
        lines.add("");
        table(lines, "target", agreements, outcome -> outcome.attempt().kind());
        table(lines, "situation", agreements, outcome -> outcome.attempt().situation());
        table(
                lines,
                "oracle says",
                agreements,
                outcome -> outcome.expected().startsWith("stops at") ? "stops there" : outcome.expected());
        lines.add("## Disagreements");
        lines.add("");
        int before = lines.size();
        for (Agreement agreement : agreements) {
            for (Outcome outcome : agreement.outcomes()) {
                if (!outcome.agrees()) {
                    lines.add("- PostgreSQL " + agreement.version() + ", " + outcome.attempt() + ": expected "
                            + outcome.expected() + "; " + String.join("; ", outcome.differences()));
                }
            }
        }
        if (lines.size() == before) {
            lines.add("None.");
        }
        Files.write(file, lines);
    }

    private static void table(
            List<String> lines, String heading, List<Agreement> agreements, Function<Outcome, String> row) {
        Map<String, List<String>> cells = new TreeMap<>();
        agreements.forEach(
                agreement -> agreement.outcomes().forEach(outcome -> cells.put(row.apply(outcome), new ArrayList<>())));
        StringBuilder head = new StringBuilder("| " + heading + " |");
        for (Agreement agreement : agreements) {
            head.append(" ").append(agreement.version()).append(" |");
            cells.forEach((name, counts) -> counts.add(count(agreement.outcomes().stream()
                    .filter(outcome -> row.apply(outcome).equals(name))
                    .toList())));
        }
        lines.add(head.toString());
        lines.add("|---|" + "---:|".repeat(agreements.size()));
        cells.forEach((name, counts) -> lines.add("| " + name + " | " + String.join(" | ", counts) + " |"));
        lines.add("| **all** | "
                + String.join(
                        " | ",
                        agreements.stream()
                                .map(agreement -> count(agreement.outcomes()))
                                .toList())
                + " |");
        lines.add("");
    }

    private static String count(List<Outcome> outcomes) {
        return outcomes.stream().filter(Outcome::agrees).count() + " / " + outcomes.size();
    }
}
