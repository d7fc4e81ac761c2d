package dev.pitrproof.find;

/**
 * Finds the last of a row of states in which something held that held at the first and does not at the last, by asking
 * as few of them as possible: both ends, then the middle of what is left.
 *
 * <p>It assumes one change. If there are several, it finds one of them: a state that holds, right before one that does
 * not; which, nobody can say.
 */
final class Bisection {

    private Bisection() {}

    /** Asks one state. */
    interface Probe<E extends Exception> {
        boolean holds(int state, int number, int expected) throws E;
    }

    /** What it came to. */
    sealed interface Outcome {
        /** It holds at {@code holds} and not at {@code holds + 1}. */
        record Between(int holds) implements Outcome {}

        record NeverHeld() implements Outcome {}

        record StillHolds() implements Outcome {}
    }

    /** How many states are asked at most: one of each end, and one for each halving. */
    static int probesMax(int states) {
        return states == 1 ? 1 : 2 + (32 - Integer.numberOfLeadingZeros(Math.max(0, states - 2)));
    }

    /** @param states at least 1; the states are 0 to {@code states - 1} */
    static <E extends Exception> Outcome search(int states, Probe<E> probe) throws E {
        int expected = probesMax(states);
        int asked = 0;
        if (!probe.holds(0, ++asked, expected)) {
            return new Outcome.NeverHeld();
        }
        int last = states - 1;
        if (last == 0 || probe.holds(last, ++asked, expected)) {
            return new Outcome.StillHolds();
        }
        int holds = 0;
        int fails = last;
        while (fails - holds > 1) {
            int middle = (holds + fails) >>> 1;
            if (probe.holds(middle, ++asked, expected)) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        return new Outcome.Between(holds);
    }
}
