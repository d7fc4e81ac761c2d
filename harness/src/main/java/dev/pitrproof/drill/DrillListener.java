package dev.pitrproof.drill;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import java.nio.file.Path;

/** Is told how drills go, while they go. The drill knows no terminal. */
public interface DrillListener {

    /** Says nothing. */
    DrillListener SILENT = new DrillListener() {};

    /** A scenario begins. */
    default void scenarioStarted(Scenario scenario, Sandbox sandbox) {}

    /** A backup that was made elsewhere is about to be proved. */
    default void proofStarted(BaseBackup backup, String targetInWords, Sandbox sandbox) {}

    /** Something of the story has happened. */
    default void moment(Story.Moment moment) {}

    /** The base backup that has just been taken did this to the source. */
    default void measured(Impact.OfBackup impact) {}

    /** The story's clock shows this time; said several times a second while nothing else happens. */
    default void clock(String storyTime) {}

    /** The story is over: commits acknowledged, transactions refused, segments in the archive. */
    default void storyEnded(String storyTime, long commits, long refused, int segments) {}

    /** How far the drill is with what it does just now; said often. */
    default void progress(Progress progress) {}

    /** A step is about to be done, or was just begun: what it would be with PostgreSQL's own tools. */
    default void explained(Explanation explanation) {}

    /** A restore begins. */
    default void restoreStarted(Restore restore, int number, int of) {}

    /** A proof that holds is about to be repeated with this fault. */
    default void sabotaged(String fault) {}

    /** A drill has ended, and its evidence is written below {@code directory}. */
    default void drillEnded(Evidence evidence, Path directory) {}

    /** Something that a scenario made could not be removed. */
    default void leftBehind(SandboxException failure) {}
}
