package dev.pitrproof.junit;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import java.util.List;
import org.opentest4j.AssertionFailedError;

/** What JUnit is told of a drill that did not end as its scenario expects. */
final class UnexpectedEnd {

    private UnexpectedEnd() {}

    /**
     * Throws if {@code drill} did not end as expected.
     *
     * @param test the test's name, which the message begins with
     * @param position where the scenario asks for this restore
     * @throws UnprovenException if nothing could be proved
     * @throws AssertionFailedError if the verdict, or its reason, is another than the expected one
     */
    static void check(Evidence drill, String test, String position, String evidenceFile) throws UnprovenException {
        if (drill.asExpected()) {
            return;
        }
        String message = message(drill, test, position, evidenceFile);
        if (drill.verdict() == Verdict.UNPROVEN) {
            throw new UnprovenException(message);
        }
        throw new AssertionFailedError(message, drill.expected().toString(), actual(drill));
    }

    private static String actual(Evidence drill) {
        List<String> codes = reasons(drill).stream().map(Claim::code).distinct().toList();
        return codes.isEmpty() ? drill.verdict().name() : drill.verdict() + " " + String.join(", ", codes);
    }

    /** The claims that made the verdict what it is; for PROVEN, none in particular. */
    private static List<Claim> reasons(Evidence drill) {
        return drill.verdict() == Verdict.PROVEN
                ? List.of()
                : drill.claims().stream()
                        .filter(claim -> claim.verdict() == drill.verdict())
                        .toList();
    }

    private static String message(Evidence drill, String test, String position, String evidenceFile) {
        StringBuilder message = new StringBuilder(test)
                .append(" is ")
                .append(actual(drill))
                .append(", expected ")
                .append(drill.expected());
        for (Claim claim : reasons(drill)) {
            message.append('\n')
                    .append(claim.claim())
                    .append(": ")
                    .append(claim.code())
                    .append(": expected ")
                    .append(claim.expected())
                    .append(", found ")
                    .append(claim.found());
            if (claim.hint() != null) {
                message.append("\nHINT: ").append(claim.hint());
            }
        }
        return message.append("\nscenario: ")
                .append(position)
                .append("\nevidence: ")
                .append(evidenceFile)
                .toString();
    }
}
