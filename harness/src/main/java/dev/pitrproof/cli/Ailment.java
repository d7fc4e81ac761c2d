package dev.pitrproof.cli;

import org.jspecify.annotations.Nullable;

/**
 * One thing that {@code doctor} looked at.
 *
 * @param what e.g. {@code Maven}
 * @param state whether it is there
 * @param found what was found, in a few words
 * @param mend the command that mends it; null where nothing has to be done
 */
record Ailment(
        String what, State state, String found, @Nullable String mend) {

    /** How bad it is. */
    enum State {
        FINE,
        /** Something works less well without it. */
        OPTIONAL,
        /** No drill can run without it. */
        MISSING
    }

    static Ailment fine(String what, String found) {
        return new Ailment(what, State.FINE, found, null);
    }

    static Ailment optional(String what, String found, @Nullable String mend) {
        return new Ailment(what, State.OPTIONAL, found, mend);
    }

    static Ailment missing(String what, String found, String mend) {
        return new Ailment(what, State.MISSING, found, mend);
    }

    /** The same for something that has a substitute. */
    Ailment atMostOptional() {
        return state == State.MISSING ? new Ailment(what, State.OPTIONAL, found, mend) : this;
    }
}
