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
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Lets stories that are played at the same time be told one after another, in a given order, by one printer.
 *
 * <p>The first that is not over yet is told as it goes; of those behind it, everything is kept until it is their turn.
 */
final class Turns {

    private final DrillPrinter printer;
    private final List<Turn> turns = new ArrayList<>();
    private int current;

    /** Assigns only. */
    Turns(DrillPrinter printer) {
        this.printer = printer;
    }

    /** The printer of one more story, behind those of all before. Closed when the story is over. */
    synchronized Turn next() {
        Turn turn = new Turn(turns.size());
        turns.add(turn);
        return turn;
    }

    private synchronized void tell(Turn turn, Consumer<DrillPrinter> event) {
        if (turn.number == current) {
            event.accept(printer);
        } else {
            turn.kept.add(event);
        }
    }

    /** What is true of this moment only is not worth telling later. */
    private synchronized void tellNow(Turn turn, Consumer<DrillPrinter> event) {
        if (turn.number == current) {
            event.accept(printer);
        }
    }

    private synchronized void end(Turn turn) {
        turn.over = true;
        while (current < turns.size() && turns.get(current).over) {
            current++;
            if (current < turns.size()) {
                turns.get(current).catchUp();
            }
        }
    }

    /** One story's. */
    final class Turn implements DrillPrinter, AutoCloseable {

        private final int number;
        private final Queue<Consumer<DrillPrinter>> kept = new ArrayDeque<>();
        private boolean over;

        private Turn(int number) {
            this.number = number;
        }

        private void catchUp() {
            kept.forEach(event -> event.accept(printer));
            kept.clear();
        }

        @Override
        public void say(String message) {
            tell(this, to -> to.say(message));
        }

        @Override
        public void scenarioStarted(Scenario scenario, Sandbox sandbox) {
            tell(this, to -> to.scenarioStarted(scenario, sandbox));
        }

        @Override
        public void proofStarted(BaseBackup backup, String targetInWords, Sandbox sandbox) {
            tell(this, to -> to.proofStarted(backup, targetInWords, sandbox));
        }

        @Override
        public void moment(Story.Moment moment) {
            tell(this, to -> to.moment(moment));
        }

        @Override
        public void clock(String storyTime) {
            tellNow(this, to -> to.clock(storyTime));
        }

        @Override
        public void progress(Progress progress) {
            tellNow(this, to -> to.progress(progress));
        }

        @Override
        public void explained(Explanation explanation) {
            tell(this, to -> to.explained(explanation));
        }

        @Override
        public void measured(Impact.OfBackup impact) {
            tell(this, to -> to.measured(impact));
        }

        @Override
        public void storyEnded(String storyTime, long commits, long refused, int segments) {
            tell(this, to -> to.storyEnded(storyTime, commits, refused, segments));
        }

        @Override
        public void restoreStarted(Restore restore, int number, int of) {
            tell(this, to -> to.restoreStarted(restore, number, of));
        }

        @Override
        public void sabotaged(String fault) {
            tellNow(this, to -> to.sabotaged(fault));
        }

        @Override
        public void drillEnded(Evidence evidence, Path directory) {
            tell(this, to -> to.drillEnded(evidence, directory));
        }

        @Override
        public void leftBehind(SandboxException failure) {
            tell(this, to -> to.leftBehind(failure));
        }

        @Override
        public void finished(List<Evidence> drills, Path report) {
            throw new IllegalStateException("one story of several does not end the run");
        }

        @Override
        public void close() {
            end(this);
        }
    }
}
