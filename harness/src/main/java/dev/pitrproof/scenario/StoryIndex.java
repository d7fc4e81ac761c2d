package dev.pitrproof.scenario;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that a story gives to its moments, for what comes after it in the file to refer to. */
final class StoryIndex {

    /**
     * A named step.
     *
     * @param at null if its time could not be read
     * @param number the step's place in the story
     */
    record Named(Position position, @Nullable StoryTime at, int number) {}

    private final Map<String, Named> backups = new LinkedHashMap<>();
    private final Map<String, Named> marks = new LinkedHashMap<>();
    private final Set<String> failing = new HashSet<>();
    private final Set<String> logical = new HashSet<>();
    private final Map<String, Named> restorePoints = new LinkedHashMap<>();
    private final Map<String, Named> transactions = new LinkedHashMap<>();
    private @Nullable Position promotion;
    private boolean isWhole = true;
    private boolean hasDamage;

    /** Base backups and logical ones, by label. */
    Map<String, Named> backups() {
        return backups;
    }

    Map<String, Named> marks() {
        return marks;
    }

    Map<String, Named> restorePoints() {
        return restorePoints;
    }

    /** The steps whose transaction has a name, by {@code as:}. */
    Map<String, Named> transactions() {
        return transactions;
    }

    /** The labels of the backups that are meant to fail. */
    Set<String> failing() {
        return failing;
    }

    /** The labels of the logical backups. */
    Set<String> logical() {
        return logical;
    }

    /** Where the standby is promoted; null if it has not been so far. */
    @Nullable
    Position promotion() {
        return promotion;
    }

    void promote(Position position) {
        promotion = position;
    }

    /** Whether every step could be read: if not, an unknown name may only be one of those. */
    boolean isWhole() {
        return isWhole;
    }

    void miss() {
        isWhole = false;
    }

    /** Whether something goes wrong in the story, from which a loss can be counted. */
    boolean hasDamage() {
        return hasDamage;
    }

    void damage() {
        hasDamage = true;
    }
}
