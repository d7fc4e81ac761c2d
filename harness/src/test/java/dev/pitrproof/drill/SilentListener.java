package dev.pitrproof.drill;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import java.nio.file.Path;

/** Listens, and says nothing. */
class SilentListener implements DrillListener {

    @Override
    public void scenarioStarted(Scenario scenario, Sandbox sandbox) {}

    @Override
    public void moment(Story.Moment moment) {}

    @Override
    public void clock(String storyTime) {}

    @Override
    public void storyEnded(String storyTime, long commits, long refused, int segments) {}

    @Override
    public void restoreStarted(Restore restore, int number, int of) {}

    @Override
    public void drillEnded(Evidence evidence, Path directory) {}

    @Override
    public void leftBehind(SandboxException failure) {}
}
