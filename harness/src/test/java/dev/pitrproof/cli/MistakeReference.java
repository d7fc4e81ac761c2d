package dev.pitrproof.cli;

import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ten typical mistakes in the scenarios page's example, and what the reader answers. */
final class MistakeReference {

    /** What somebody wrote, by what the example has instead. */
    private static final Map<String, String> MISTAKES = new LinkedHashMap<>();

    static {
        MISTAKES.put("scenario: my-first", "scenario: My First");
        MISTAKES.put(
                "clock: { from: \"00:00\", to: \"14:05\", lasts: 3s }",
                "clock: { from: \"00:00\", to: \"14:05\", lasts: soon }");
        MISTAKES.put("archive: command }", "archive: comand }");
        MISTAKES.put("base-backup: { label: nightly }", "basebackup: { label: nightly }");
        MISTAKES.put("  - at: \"13:00\"", "  - at: \"1 pm\"");
        MISTAKES.put("  - at: \"14:00\"", "  - at: \"12:00\"");
        MISTAKES.put("accident: { sql: DELETE FROM orders }", "accident: DELETE FROM orders");
        MISTAKES.put("  - from: nightly", "  - from: nightley");
        MISTAKES.put("to: { time: \"13:59\" }", "to: { time: \"15:00\" }");
        MISTAKES.put("equals: 1000 }", "equal: 1000 }");
    }

    private MistakeReference() {}

    /**
     * The list.
     *
     * @param example the page's scenario
     * @param directory to write files to
     */
    static String text(String example, Path directory) throws IOException {
        Path file = directory.resolve("my-first.yaml");
        StringBuilder text = new StringBuilder();
        List<String> lines =
                example.lines().map(line -> line.replaceFirst("\\s+#.*", "")).toList();
        int mistakes = 0;
        for (Map.Entry<String, String> mistake : MISTAKES.entrySet()) {
            int at = indexOf(lines, mistake.getKey());
            String wrong = lines.get(at).replace(mistake.getKey(), mistake.getValue());
            List<String> written = new ArrayList<>(lines);
            written.set(at, wrong);
            Files.write(file, written);
            mistakes++;
            text.append("**")
                    .append(mistakes)
                    .append(".** Line ")
                    .append(at + 1)
                    .append(":\n\n```yaml line\n")
                    .append(wrong)
                    .append("\n```\n```text\n")
                    .append(answer(file).replace(file.toString(), String.valueOf(file.getFileName())))
                    .append("\n```\n\n");
        }
        return text.toString().stripTrailing() + "\n";
    }

    private static int indexOf(List<String> lines, String part) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(part)) {
                return i;
            }
        }
        throw new IllegalStateException("the example has no \"" + part + "\"");
    }

    private static String answer(Path file) {
        try {
            ScenarioReader.read(file);
        } catch (InvalidScenario e) {
            return String.valueOf(e.getMessage());
        }
        throw new IllegalStateException("no mistake is found in " + file);
    }
}
