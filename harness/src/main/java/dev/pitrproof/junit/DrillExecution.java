package dev.pitrproof.junit;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillRunner;
import dev.pitrproof.drill.PlayedStory;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.reports.Reports;
import dev.pitrproof.scenario.Scenario;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.EngineExecutionListener;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.hierarchical.EngineExecutionContext;

/** What the nodes of the test tree share while they run: the parameters, the reports, and the story being restored. */
final class DrillExecution implements EngineExecutionContext {

    private final EngineParameters parameters;
    private final EngineExecutionListener listener;
    private final Queue<EvidenceOnDisk> evidence;
    private final @Nullable PlayedStory story;

    private DrillExecution(
            EngineParameters parameters,
            EngineExecutionListener listener,
            Queue<EvidenceOnDisk> evidence,
            @Nullable PlayedStory story) {
        this.parameters = parameters;
        this.listener = listener;
        this.evidence = evidence;
        this.story = story;
    }

    static DrillExecution of(ExecutionRequest request) {
        return new DrillExecution(
                EngineParameters.of(request.getConfigurationParameters()::get),
                request.getEngineExecutionListener(),
                new ConcurrentLinkedQueue<>(),
                null);
    }

    /** The same, with a story that has just been played. */
    DrillExecution play(Scenario scenario, int major) {
        DrillRunner runner = new DrillRunner(parameters.sandboxes(), parameters.options(major), DrillListener.SILENT);
        return new DrillExecution(parameters, listener, evidence, runner.play(scenario));
    }

    /** Does one restore of the story, and tells whoever listens where its evidence is. */
    Evidence restore(TestDescriptor test, int number) throws IOException {
        Evidence drilled = Objects.requireNonNull(story, "no story was played").restore(number);
        evidence.add(new EvidenceOnDisk(drilled, drilled.drill()));
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("pitrproof.verdict", drilled.verdict().name());
        entries.put("pitrproof.expected", drilled.expected().toString());
        entries.put("pitrproof.evidence", evidenceFile(drilled));
        listener.reportingEntryPublished(test, ReportEntry.from(entries));
        return drilled;
    }

    String evidenceFile(Evidence drilled) {
        return parameters
                .output()
                .resolve(drilled.drill())
                .resolve("evidence.json")
                .toString();
    }

    void closeStory() {
        if (story != null) {
            story.close();
        }
    }

    /** Renders the reports of everything that ran; nothing ran where all scenarios are invalid. */
    void writeReports() throws IOException {
        List<EvidenceOnDisk> drills = evidence.stream()
                .sorted(Comparator.comparing(EvidenceOnDisk::directory))
                .toList();
        if (!drills.isEmpty()) {
            Reports.write(parameters.output(), drills);
        }
    }
}
