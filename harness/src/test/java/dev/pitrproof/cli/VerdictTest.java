package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the verdicts of a run's drills, and what was expected of them, make of its exit code. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class VerdictTest {

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} ends in {1}")
    @CsvSource(delimiter = '|', textBlock = """
            PROVEN as expected                                     | FINE
            PROVEN as expected, REFUTED as expected                | FINE
            UNPROVEN as expected                                   | FINE
            PROVEN as expected, REFUTED by surprise                | REFUTED
            PROVEN by surprise                                     | REFUTED
            PROVEN as expected, UNPROVEN by surprise               | UNPROVEN
            UNPROVEN by surprise, UNPROVEN by surprise             | UNPROVEN
            UNPROVEN by surprise, REFUTED by surprise              | REFUTED
            UNPROVEN by surprise, PROVEN by surprise               | REFUTED
            REFUTED as expected, UNPROVEN by surprise              | UNPROVEN
            """)
    void expectationsDecideAndNotVerdicts(String drills, ExitCode exitCode) throws Exception {
        List<Evidence> evidence = new ArrayList<>();
        for (String drill : drills.split(", ", -1)) {
            evidence.add(evidence(drill.split(" ", 2)[0], drill.endsWith("as expected")));
        }

        assertThat(ExitCode.of(evidence)).isEqualTo(exitCode);
    }

    private Evidence evidence(String verdict, boolean asExpected) throws Exception {
        String expected = asExpected ? verdict : verdict.equals("PROVEN") ? "REFUTED" : "PROVEN";
        Path file = Files.writeString(directory.resolve("evidence.json"), """
                {"schema": 1, "drill": "orders-pg17-1", "scenario": "orders", "verdict": "%1$s",
                 "expected": {"verdict": "%2$s"}, "asExpected": %3$s, "tool": {"version": "0.1.0", "commit": "4f834e1"},
                 "seed": 1, "started": "2026-01-26T12:30:58Z", "ended": "2026-01-26T12:31:07Z", "startedBy": "a test",
                 "claims": [{"claim": "structure", "verdict": "%1$s", "code": "AS_FOUND", "expected": "sound",
                             "found": "as it was", "witnesses": []}],
                 "isolation": {}, "attachments": [], "tags": [], "notes": []}
                """.formatted(verdict, expected, asExpected));
        return EvidenceFile.read(file);
    }
}
