package dev.pitrproof.cli;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.drill.Explanation;
import dev.pitrproof.drill.Progress;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells a run to a program: one JSON object a line, each with an {@code event}. */
final class JsonPrinter implements DrillPrinter {

    private final PrintWriter out;
    private final ProgressLine progress;
    private final boolean explain;
    private int steps;

    /**
     * @param progress is closed by whoever made it
     * @param explain whether the steps are told with the commands they stand for
     */
    JsonPrinter(PrintWriter out, ProgressLine progress, boolean explain) {
        this.out = out;
        this.progress = progress;
        this.explain = explain;
    }

    @Override
    public void progress(Progress going) {
        progress.show(going);
    }

    @Override
    public void explained(Explanation explanation) {
        if (explain) {
            steps++;
            progress.around(() -> out.println(StepJson.of(steps, explanation)));
            out.flush();
        }
    }

    private void line(String event, @Nullable Object... keysAndValues) {
        progress.around(() -> out.println(JsonLine.of(event, keysAndValues)));
        out.flush();
    }

    @Override
    public void say(String message) {
        line("preparing", "message", message);
    }

    @Override
    public void scenarioStarted(Scenario scenario, Sandbox sandbox) {
        line(
                "scenario",
                "scenario",
                scenario.name(),
                "postgres",
                sandbox.release().version(),
                "sandbox",
                sandbox.name());
    }

    @Override
    public void proofStarted(BaseBackup backup, String targetInWords, Sandbox sandbox) {
        line(
                "proof",
                "backup",
                backup.label().label(),
                "target",
                targetInWords,
                "postgres",
                sandbox.release().version(),
                "sandbox",
                sandbox.name());
    }

    @Override
    public void clock(String storyTime) {
        progress.show(Progress.of("the story's clock shows " + storyTime));
    }

    @Override
    public void moment(Story.Moment moment) {
        line(
                "moment",
                "storyTime",
                moment.storyTime(),
                "serverTime",
                moment.serverTime(),
                "lsn",
                moment.lsn(),
                "kind",
                moment.kind(),
                "text",
                moment.text());
    }

    @Override
    public void measured(Impact.OfBackup impact) {
        line("impact", "backup", impact);
    }

    @Override
    public void storyEnded(String storyTime, long commits, long refused, int segments) {
        line("storyEnded", "storyTime", storyTime, "commits", commits, "refused", refused, "segments", segments);
    }

    @Override
    public void restoreStarted(Restore restore, int number, int of) {
        line(
                "restore",
                "number",
                number,
                "of",
                of,
                "from",
                restore.from(),
                "to",
                restore.to().inWords());
    }

    @Override
    public void drillEnded(Evidence evidence, Path directory) {
        line(
                "drill",
                "drill",
                evidence.drill(),
                "verdict",
                evidence.verdict(),
                "expected",
                evidence.expected().toString(),
                "asExpected",
                evidence.asExpected(),
                "claims",
                evidence.claims(),
                "evidence",
                directory.resolve("evidence.json").toString());
    }

    @Override
    public void leftBehind(SandboxException failure) {
        line("leftBehind", "message", failure.getMessage(), "hint", failure.hint());
    }

    @Override
    public void finished(List<Evidence> drills, Path report) {
        line(
                "finished",
                "drills",
                drills.size(),
                "asExpected",
                drills.stream().filter(Evidence::asExpected).count(),
                "report",
                report.toString());
    }
}
