package dev.pitrproof.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** A scenario file that cannot be used, with everything that is wrong with it. Its message is fit for a terminal. */
public final class InvalidScenario extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public InvalidScenario(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The mistakes in the order in which they stand in the file; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
