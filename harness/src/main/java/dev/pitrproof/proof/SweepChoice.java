package dev.pitrproof.proof;

/** Which of the states between a backup and a target are proved in one replay. */
public sealed interface SweepChoice {

    /** How many targets a sweep may have: each is asked for every transaction, and that takes its time. */
    int TARGETS_MAX = 1000;

    /** As a sentence has it: {@code every commit}. */
    String inWords();

    /** Every commit, and the other edges. */
    record EveryCommit() implements SweepChoice {
        @Override
        public String inWords() {
            return "every commit";
        }
    }

    /**
     * All edges, and as many commits more as make it {@code targets}.
     *
     * @param targets 1 to {@value #TARGETS_MAX}
     */
    record Sample(int targets) implements SweepChoice {

        /** @throws IllegalArgumentException if the number is out of range; the message is fit for a user */
        public Sample {
            if (targets < 1 || targets > TARGETS_MAX) {
                throw new IllegalArgumentException(
                        "sample is " + targets + ", expected a number of targets from 1 to " + TARGETS_MAX);
            }
        }

        @Override
        public String inWords() {
            return "sample of " + targets;
        }
    }
}
