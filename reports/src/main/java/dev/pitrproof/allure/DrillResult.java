package dev.pitrproof.allure;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.Surprise;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Markdown;
import dev.pitrproof.prose.Prose;
import io.qameta.allure.model.Label;
import io.qameta.allure.model.Parameter;
import io.qameta.allure.model.Stage;
import io.qameta.allure.model.Status;
import io.qameta.allure.model.StatusDetails;
import io.qameta.allure.model.TestResult;
import io.qameta.allure.util.ResultsUtils;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A drill as one of Allure's test results, without its attachments. */
final class DrillResult {

    private DrillResult() {}

    static TestResult of(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        String identity = ResultsUtils.md5("pitrproof:" + drill.name());
        Optional<Surprise> surprise = Surprise.of(evidence);
        TestResult result = new TestResult()
                .setUuid(AllureResults.PREFIX + uuid(drill.name() + evidence.started()))
                .setTestCaseId(identity)
                .setHistoryId(identity)
                .setTestCaseName(drill.name())
                .setFullName("pitrproof." + drill.name())
                .setTitlePath(List.of(evidence.scenario()))
                .setName(title(drill))
                .setDescription(description(evidence))
                .setStage(Stage.FINISHED)
                .setStatus(surprise.map(DrillResult::status).orElse(Status.PASSED))
                .setStart(evidence.started().toEpochMilli())
                .setStop(evidence.ended().toEpochMilli());
        surprise.ifPresent(reason -> result.setStatusDetails(details(evidence, reason)));
        result.getLabels().addAll(labels(evidence));
        result.getParameters().addAll(parameters(evidence));
        result.getSteps().addAll(DrillSteps.of(evidence));
        return result;
    }

    private static UUID uuid(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code dropped-table-pg17-2: to 14:01, REFUTED as expected}. */
    private static String title(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        String aim = evidence.target() == null ? "" : "to " + Prose.asked(evidence) + ", ";
        return drill.name() + ": " + aim + evidence.verdict() + " " + Prose.outcome(evidence);
    }

    private static String description(Evidence evidence) {
        Aim aim = Aim.of(evidence);
        List<String> paragraphs = new ArrayList<>();
        if (evidence.about() != null) {
            paragraphs.add(Markdown.text(evidence.about()));
        }
        paragraphs.add("**" + evidence.verdict() + "** " + Markdown.text(Prose.outcome(evidence)) + ". "
                + Markdown.text(Prose.why(evidence)));
        String applied = Prose.lastApplied(aim);
        String notApplied = Prose.firstNotApplied(aim);
        if (applied == null && notApplied == null) {
            paragraphs.add(Markdown.text(Prose.noEdge(aim)));
        }
        if (applied != null) {
            paragraphs.add("**A** " + Markdown.text(applied));
        }
        if (notApplied != null) {
            paragraphs.add("**N** " + Markdown.text(notApplied));
        }
        return String.join("\n\n", paragraphs);
    }

    static Status status(Surprise surprise) {
        return switch (surprise.kind()) {
            case FAILURE -> Status.FAILED;
            case ERROR -> Status.BROKEN;
        };
    }

    /** The message begins with the code, which is what the categories look for. */
    private static StatusDetails details(Evidence evidence, Surprise surprise) {
        String hint = surprise.findings().isEmpty()
                ? null
                : surprise.findings().get(0).hint();
        StatusDetails details = new StatusDetails()
                // not all of Allure's reports show the trace
                .setMessage(surprise.message(evidence) + (hint == null ? "" : "\nHINT: " + hint))
                .setTrace(surprise.findings().stream().map(Claim::inFull).collect(Collectors.joining("\n\n")));
        if (!surprise.findings().isEmpty()) {
            Claim first = surprise.findings().get(0);
            details.setExpected(first.expected()).setActual(first.found());
        }
        return details;
    }

    private static List<Label> labels(Evidence evidence) {
        List<Label> labels = new ArrayList<>();
        labels.add(ResultsUtils.createSuiteLabel(evidence.scenario()));
        labels.add(ResultsUtils.createPackageLabel("pitrproof." + evidence.scenario()));
        labels.add(ResultsUtils.createFrameworkLabel("pitrproof"));
        evidence.tags().forEach(tag -> labels.add(ResultsUtils.createTagLabel(tag)));
        Postgres postgres = evidence.postgres();
        if (postgres != null) {
            // Allure's second view, beside the one by scenario
            labels.add(ResultsUtils.createFeatureLabel("PostgreSQL " + postgres.version()));
            labels.add(ResultsUtils.createStoryLabel(postgres.sandbox() + " sandbox"));
            labels.add(ResultsUtils.createLabel("postgres", postgres.version()));
            labels.add(ResultsUtils.createLabel("sandbox", postgres.sandbox()));
        }
        return labels;
    }

    private static List<Parameter> parameters(Evidence evidence) {
        List<Parameter> parameters = new ArrayList<>();
        add(parameters, "expected", evidence.expected());
        add(parameters, "verdict", evidence.verdict());
        add(parameters, "asked for", Prose.asked(evidence));
        add(parameters, "reached", Prose.reached(evidence));
        add(parameters, "recovery time", Prose.recoveryTime(evidence));
        add(parameters, "lost", Prose.loss(evidence));
        Postgres postgres = evidence.postgres();
        if (postgres != null) {
            add(parameters, "PostgreSQL", postgres.version());
            add(parameters, "sandbox", postgres.sandbox());
            add(parameters, "image", postgres.image());
        }
        add(parameters, "seed", evidence.seed());
        return parameters;
    }

    /** All are excluded from the history's key: what a run measured must not make it another test. */
    private static void add(List<Parameter> parameters, String name, @Nullable Object value) {
        if (value != null) {
            parameters.add(ResultsUtils.createParameter(name, value, true, Parameter.Mode.DEFAULT));
        }
    }
}
