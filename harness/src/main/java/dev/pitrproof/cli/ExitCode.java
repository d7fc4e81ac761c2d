package dev.pitrproof.cli;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import java.util.List;

/** What the process tells its caller, decided here and nowhere else. */
public enum ExitCode {
    /** Every drill ended as expected; of other commands: fine. */
    FINE(0),
    /** Some drill not as expected, and REFUTED, or proven though it should not be; of other commands: damage found. */
    REFUTED(1),
    /** Usage, an invalid scenario, or nothing selected. */
    USAGE(2),
    /** None of these, but something could not be checked or done. */
    UNPROVEN(3);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The exit code of a run: expectations decide, not verdicts. */
    static ExitCode of(List<Evidence> drills) {
        if (drills.isEmpty()) {
            return USAGE;
        }
        List<Verdict> surprises = drills.stream()
                .filter(drill -> !drill.asExpected())
                .map(Evidence::verdict)
                .toList();
        if (surprises.isEmpty()) {
            return FINE;
        }
        return surprises.stream().allMatch(verdict -> verdict == Verdict.UNPROVEN) ? UNPROVEN : REFUTED;
    }
}
