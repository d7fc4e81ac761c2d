package dev.pitrproof.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectFile;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;
import static org.junit.platform.testkit.engine.EventConditions.container;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedSuccessfully;
import static org.junit.platform.testkit.engine.EventConditions.started;
import static org.junit.platform.testkit.engine.EventConditions.test;

import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.junit.sample.NowhereScenarios;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventType;
import org.opentest4j.AssertionFailedError;

/** Plays a real scenario on real servers. */
class ExecutionTest {

    private final Path directory;

    ExecutionTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void eachRestoreEndsAsItsScenarioExpectsOrFails() throws IOException {
        EngineExecutionResults results =
                execute(Map.of(), selectFile(shortScenario().toFile()));

        results.testEvents()
                .assertStatistics(seen ->
                        seen.started(4).succeeded(2).failed(2).skipped(0).aborted(0));
        results.containerEvents()
                .assertEventsMatchLooselyInOrder(
                        event(container("postgres:17"), started()),
                        event(container("postgres:17"), finishedSuccessfully()),
                        event(container("scenario:short.yaml"), finishedSuccessfully()));
        results.allEvents()
                .assertEventsMatchLooselyInOrder(
                        event(container("postgres:17"), started()),
                        event(test("restore:1"), finishedSuccessfully()),
                        event(test("restore:2")),
                        event(test("restore:4"), finishedSuccessfully()),
                        event(container("postgres:17"), finishedSuccessfully()));
        assertThat(failure(results, 2)).isInstanceOfSatisfying(AssertionFailedError.class, error -> {
            assertThat(error.getExpected().getStringRepresentation()).isEqualTo("PROVEN");
            assertThat(error.getActual().getStringRepresentation()).isEqualTo("REFUTED DATA_DIFFERS");
            assertThat(error)
                    .hasMessageStartingWith("short: first to 00:06 on PostgreSQL 17 is REFUTED DATA_DIFFERS, expected"
                            + " PROVEN\ntable-exists: notes: DATA_DIFFERS: expected table notes exists, found table"
                            + " notes does not exist\nHINT: ")
                    .hasMessageContaining("short.yaml:21:5")
                    .hasMessageEndingWith("short-pg17-2/evidence.json");
        });
        assertThat(failure(results, 3)).isInstanceOfSatisfying(AssertionFailedError.class, error -> {
            assertThat(error.getExpected().getStringRepresentation()).isEqualTo("REFUTED DATA_DIFFERS");
            assertThat(error.getActual().getStringRepresentation()).isEqualTo("PROVEN");
        });
        assertThat(directory.resolve("out/index.html")).isRegularFile();
        assertThat(directory.resolve("out/allure-results")).isNotEmptyDirectory();
        assertThat(EvidenceFile.read(directory.resolve("out/short-pg17-2/evidence.json"))
                        .verdict())
                .isEqualTo(Verdict.REFUTED);
        assertThat(entries(results)).hasSize(4).first().satisfies(entry -> assertThat(entry)
                .containsEntry("pitrproof.verdict", "PROVEN")
                .containsEntry("pitrproof.expected", "PROVEN")
                .containsEntry(
                        "pitrproof.evidence",
                        directory.resolve("out/short-pg17-1/evidence.json").toString()));
    }

    @Test
    void oneRestoreAloneIsPlayedAndReportedAlone() throws IOException {
        UniqueId fourth = EngineTestKit.engine("pitrproof")
                .selectors(selectFile(shortScenario().toFile()))
                .configurationParameter("pitrproof.postgres", ShortScenario.MAJOR)
                .discover()
                .getEngineDescriptor()
                .getDescendants()
                .stream()
                .map(descriptor -> descriptor.getUniqueId())
                .filter(id -> id.getLastSegment().getValue().equals("4"))
                .findFirst()
                .orElseThrow();

        EngineExecutionResults results = execute(Map.of(), selectUniqueId(fourth));

        results.testEvents().assertStatistics(seen -> seen.started(1).succeeded(1));
        assertThat(directory.resolve("out").toFile().list((folder, name) -> name.startsWith("short-")))
                .containsExactly("short-pg17-4");
    }

    @Test
    void aDrillThatCannotBeDoneIsAnErrorAndNoFailure() throws IOException {
        EngineExecutionResults results = execute(
                Map.of("pitrproof.pg-bin", directory.resolve("no-postgres").toString()),
                selectFile(shortScenario().toFile()));

        results.testEvents()
                .assertStatistics(seen -> seen.started(4).failed(4).skipped(0).aborted(0));
        for (int number = 1; number <= 4; number++) {
            assertThat(failure(results, number))
                    .isInstanceOf(UnprovenException.class)
                    .isNotInstanceOf(AssertionError.class)
                    .hasMessageContaining("is UNPROVEN ENVIRONMENT, expected ")
                    .hasMessageContaining("no-postgres")
                    .hasMessageContaining("HINT: ");
        }
        assertThat(directory.resolve("out/short-pg17-4/evidence.json")).isRegularFile();
    }

    @Test
    void anInvalidScenarioFailsWithEveryMistake() throws IOException {
        Path file = ShortScenario.writeInvalid(directory, "invalid");

        EngineExecutionResults results = execute(Map.of(), selectFile(file.toFile()));

        results.testEvents().assertStatistics(seen -> seen.started(1).failed(1));
        Event failed = results.testEvents().failed().stream().findFirst().orElseThrow();
        assertThat(failed.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .hasMessageContaining("invalid.yaml:1:11: error: ")
                .hasMessageContaining("invalid.yaml:5:")
                .hasMessageContaining("unknown key \"until\"");
    }

    @Test
    void aMarkedClassThatNamesNothingThatIsThereFails() {
        EngineExecutionResults results = execute(Map.of(), selectClass(NowhereScenarios.class));

        results.testEvents().assertStatistics(seen -> seen.started(1).failed(1));
        assertThat(results.testEvents().failed().map(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow()
                        .getMessage()))
                .singleElement()
                .asString()
                .startsWith("no/such/directory: error: found no such file or directory, expected scenarios\nHINT: ");
    }

    @Test
    void asManyStoriesArePlayedAtATimeAsAskedFor() throws IOException {
        DiscoverySelector[] three = {
            selectFile(ShortScenario.write(directory, "one").toFile()),
            selectFile(ShortScenario.write(directory, "other").toFile()),
            selectFile(ShortScenario.write(directory, "third").toFile())
        };

        EngineExecutionResults results = execute(Map.of("pitrproof.jobs", "2"), three);

        results.testEvents()
                .assertStatistics(seen -> seen.started(12).succeeded(6).failed(6));
        assertThat(playedAtATime(results)).isEqualTo(2);
        assertThat(directory.resolve("out/summary.md"))
                .content()
                .contains("one-pg17-1", "other-pg17-4", "third-pg17-4");
    }

    @Test
    void theJUnitPlatformCanDecideHowMany() throws IOException {
        Path one = ShortScenario.write(directory, "one");
        Path other = ShortScenario.write(directory, "other");

        EngineExecutionResults results = execute(
                Map.of(
                        "pitrproof.execution.parallel.enabled",
                        "true",
                        "pitrproof.execution.parallel.config.strategy",
                        "fixed",
                        "pitrproof.execution.parallel.config.fixed.parallelism",
                        "2"),
                selectFile(one.toFile()),
                selectFile(other.toFile()));

        results.testEvents()
                .assertStatistics(seen -> seen.started(8).succeeded(4).failed(4));
        assertThat(playedAtATime(results)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "two"})
    void aNumberOfJobsThatIsNoneIsRefused(String jobs) throws IOException {
        EngineExecutionResults results = execute(
                Map.of("pitrproof.jobs", jobs), selectFile(shortScenario().toFile()));

        assertThat(results.testEvents().started().count()).isZero();
        assertThat(results.containerEvents().failed().stream()
                        .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                                .getThrowable()
                                .orElseThrow()))
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .hasStackTraceContaining("configuration parameter pitrproof.jobs is \"" + jobs
                                + "\", expected a number, at least 1"));
    }

    /** The largest number of versions that had been started and were not finished. */
    private static int playedAtATime(EngineExecutionResults results) {
        int now = 0;
        int most = 0;
        for (Event event : results.containerEvents().list()) {
            if (event.getTestDescriptor().getDisplayName().startsWith("PostgreSQL ")) {
                now += event.getType() == EventType.STARTED ? 1 : -1;
                most = Math.max(most, now);
            }
        }
        return most;
    }

    private Path shortScenario() throws IOException {
        return ShortScenario.write(directory, "short");
    }

    private EngineExecutionResults execute(Map<String, String> parameters, DiscoverySelector... selectors) {
        return EngineTestKit.engine("pitrproof")
                .selectors(selectors)
                .configurationParameter("pitrproof.postgres", ShortScenario.MAJOR)
                .configurationParameter(
                        "pitrproof.output", directory.resolve("out").toString())
                .configurationParameters(parameters)
                .execute();
    }

    private static Throwable failure(EngineExecutionResults results, int restore) {
        Event finished = results.testEvents()
                .finished()
                .filter(event -> event.getTestDescriptor()
                        .getUniqueId()
                        .getLastSegment()
                        .getValue()
                        .equals(Integer.toString(restore)))
                .findFirst()
                .orElseThrow();
        TestExecutionResult result = finished.getRequiredPayload(TestExecutionResult.class);
        assertThat(result.getStatus()).isEqualTo(Status.FAILED);
        return result.getThrowable().orElseThrow();
    }

    private static List<Map<String, String>> entries(EngineExecutionResults results) {
        return results.allEvents()
                .filter(event -> event.getType() == EventType.REPORTING_ENTRY_PUBLISHED)
                .map(event -> event.getRequiredPayload(ReportEntry.class).getKeyValuePairs())
                .toList();
    }
}
