package dev.pitrproof.drill;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.scenario.Scenario;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a scenario: a source is started, its story played, and each restore done and proved.
 *
 * <p>Whatever goes wrong on the way becomes the evidence of an UNPROVEN drill; nothing that was made stays.
 */
public final class DrillRunner {

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
        try (PlayedStory story = play(scenario)) {
            List<Evidence> evidence = new ArrayList<>();
            for (int number = 1; number <= scenario.restores().size(); number++) {
                evidence.add(story.restore(number));
            }
            return evidence;
        }
    }

    /** Plays a scenario's story, for whoever does its restores one by one. */
    public PlayedStory play(Scenario scenario) {
        PlayedStory story = new PlayedStory(scenario, options, listener, new DrillRecorder(options, listener));
        story.play(sandboxes);
        return story;
    }
}
