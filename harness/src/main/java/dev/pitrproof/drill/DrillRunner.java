package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a scenario: a source is started, its story played, and each restore done and proved.
 *
 * <p>Whatever goes wrong on the way becomes the evidence of an UNPROVEN drill; nothing that was made stays.
 */
public final class DrillRunner {

    private static final Logger LOG = LoggerFactory.getLogger(DrillRunner.class);

    private final SandboxOpener sandboxes;
    private final DrillOptions options;
    private final DrillListener listener;

    public DrillRunner(SandboxOpener sandboxes, DrillOptions options, DrillListener listener) {
        this.sandboxes = sandboxes;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Runs a scenario, one drill for each of its restores.
     *
     * @return the evidence of each drill, which is also written to the output directory
     * @throws IOException if the evidence cannot be written
     */
    public List<Evidence> run(Scenario scenario) throws IOException {
        DrillRecorder recorder = new DrillRecorder(scenario, options, listener);
        try (Sandbox sandbox = sandboxes.open(options.major())) {
            listener.scenarioStarted(scenario, sandbox);
            recorder.in(sandbox);
            Recording recording = play(scenario, sandbox);
            List<Evidence> evidence = new ArrayList<>();
            for (Restore restore : scenario.restores()) {
                int number = evidence.size() + 1;
                listener.restoreStarted(restore, number, scenario.restores().size());
                evidence.add(new RestoreDrill(sandbox, recording, restore, number, options, recorder).run());
            }
            return evidence;
        } catch (IOException | SQLException | StepFailed | RuntimeException e) {
            LOG.error("drill of {} broke off", scenario.name(), e);
            return recorder.brokenOff(e);
        }
    }

    private Recording play(Scenario scenario, Sandbox sandbox) throws IOException, SQLException, StepFailed {
        try (SourceServer source = SourceServer.start(sandbox, scenario.source());
                StoryPlayer player = new StoryPlayer(
                        scenario, source, sandbox.createDirectory("backups"), new Random(options.seed()), listener)) {
            Recording recording = player.play();
            try (DirectoryArchive archive = DirectoryArchive.open(recording.archive())) {
                listener.storyEnded(
                        scenario.clock().to().toString(),
                        recording.journal().count(Outcome.ACKNOWLEDGED),
                        recording.journal().count(Outcome.REFUSED),
                        archive.segments().size());
            }
            return recording;
        }
    }
}
