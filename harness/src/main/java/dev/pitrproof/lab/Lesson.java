package dev.pitrproof.lab;

import dev.pitrproof.fault.RestoreFault;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A guided lesson, as its file has it. In texts, {@code ${NAME}} stands for what the drill showed.
 *
 * @param name by which it is asked for
 * @param scenario the shipped scenario whose drill it runs
 */
record Lesson(String name, String title, String about, String scenario, List<Step> steps) {

    Lesson {
        steps = List.copyOf(steps);
    }

    /** What happens in it, in order. */
    sealed interface Step {}

    /** Something to read. */
    record Say(String text) implements Step {}

    /**
     * A prediction to choose. What is right shows when the next drill is over, or at once if there is none to come.
     *
     * @param decidedBy the name of what decides; null if {@code right} says it
     * @param right the right choice's number, from 1; 0 if the drill decides
     */
    record Choose(
            String question, List<Choice> choices, @Nullable String decidedBy, int right, String because)
            implements Step {
        Choose {
            choices = List.copyOf(choices);
        }
    }

    /**
     * One of several answers.
     *
     * @param when the value that makes it the right one; null where the lesson says which is
     */
    record Choice(String text, @Nullable String when) {}

    /** A value to type, compared with one that the drill shows. */
    record Type(String question, String value, String because) implements Step {}

    /** The story is played, if it was not yet, and some of the scenario's restores are done. */
    record Drill(List<Integer> restores) implements Step {
        Drill {
            restores = List.copyOf(restores);
        }
    }

    /** A restore that was proved is repeated with something wrong. */
    record Rehearse(int restore, RestoreFault fault) implements Step {}

    /** Something is wrong with copies of backup and archive, and the learner finds out what. */
    record Hunt(int restore) implements Step {}

    boolean hasDrillBehind(Step step) {
        return steps.subList(steps.indexOf(step), steps.size()).stream()
                .anyMatch(later -> later instanceof Drill || later instanceof Rehearse);
    }
}
