package dev.pitrproof.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.junit.SurefireBuild.TestCase;
import dev.pitrproof.junit.sample.LocalScenarios;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real builds of a user's project, with each JUnit that the engine is for. */
class SurefireTest {

    private static final String JUNIT_6 = "6.1.3";
    private static final String MARKER = LocalScenarios.class.getName();

    private final Path project;

    SurefireTest(@TempDir Path project) {
        this.project = project;
    }

    @Test
    void surefireReportsATestCaseARestoreUnderOurJUnit() throws Exception {
        assertThatSurefireReportsATestCaseARestore(SurefireBuild.ownJUnitVersion());
    }

    @Test
    void surefireReportsATestCaseARestoreUnderJUnit6() throws Exception {
        assertThatSurefireReportsATestCaseARestore(JUNIT_6);
    }

    private void assertThatSurefireReportsATestCaseARestore(String junitVersion) throws Exception {
        ShortScenario.write(project.resolve("scenarios"), "short");
        ShortScenario.writeInvalid(project.resolve("scenarios"), "invalid");

        SurefireBuild build =
                SurefireBuild.run(project, junitVersion, Map.of("pitrproof.postgres", ShortScenario.MAJOR));

        assertThat(build.output()).contains("Tests run: 5, Failures: 2, Errors: 1, Skipped: 0");
        assertThat(build.exitStatus()).isEqualTo(1);
        assertThat(build.testCases())
                .containsExactlyInAnyOrder(
                        new TestCase(MARKER, "scenarios/invalid.yaml", "error"),
                        new TestCase(MARKER, "short: first to 00:04 on PostgreSQL 17", "passed"),
                        new TestCase(MARKER, "short: first to 00:06 on PostgreSQL 17", "failure"),
                        new TestCase(
                                MARKER,
                                "short: first to 00:03, which must be REFUTED DATA_DIFFERS on PostgreSQL 17",
                                "failure"),
                        new TestCase(
                                MARKER,
                                "short: first to 00:07, which must be REFUTED DATA_DIFFERS on PostgreSQL 17",
                                "passed"));
        assertThat(project.resolve("target/pitrproof/short-pg17-1/evidence.json"))
                .isRegularFile();
        assertThat(project.resolve("target/pitrproof/index.html")).isRegularFile();
    }
}
