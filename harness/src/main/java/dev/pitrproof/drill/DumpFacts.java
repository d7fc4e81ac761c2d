package dev.pitrproof.drill;

import dev.pitrproof.evidence.LogicalBackup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the restore of one dump has brought to light so far; parts are empty when it did not come to them. */
final class DumpFacts {

    private final Assignment assignment;
    private final StoryFacts story;
    private final StoryDumps.@Nullable Dump dump;
    private final Map<String, Path> attachments = new LinkedHashMap<>();
    private final Map<String, Double> phases = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private List<LogicalBackup.Loss> sideBySide = List.of();
    private @Nullable ArchivedCommits archived;
    private @Nullable Double checkSeconds;

    /** @param dump null if none could be taken */
    DumpFacts(Assignment assignment, StoryFacts story, StoryDumps.@Nullable Dump dump) {
        this.assignment = assignment;
        this.story = story;
        this.dump = dump;
    }

    Assignment assignment() {
        return assignment;
    }

    StoryFacts story() {
        return story;
    }

    Optional<StoryDumps.Dump> dump() {
        return Optional.ofNullable(dump);
    }

    void archived(ArchivedCommits commits) {
        archived = commits;
    }

    /** Empty until the WAL was read. */
    Optional<DumpLoss> loss() {
        return dump == null || archived == null ? Optional.empty() : Optional.of(DumpLoss.of(dump, archived, story));
    }

    void attach(String name, Path file) {
        attachments.put(name, file);
    }

    Map<String, Path> attachments() {
        return attachments;
    }

    void phase(String name, long nanos) {
        phases.put(name, nanos / 1e9);
    }

    Map<String, Double> phases() {
        return phases;
    }

    /** From the decision to restore until all rows were there. */
    double seconds() {
        return phases.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    void checked(double seconds) {
        checkSeconds = seconds;
    }

    Optional<Double> checkSeconds() {
        return Optional.ofNullable(checkSeconds);
    }

    void note(String line) {
        notes.add(line);
    }

    List<String> notes() {
        return notes;
    }

    void beside(List<LogicalBackup.Loss> losses) {
        sideBySide = List.copyOf(losses);
    }

    List<LogicalBackup.Loss> sideBySide() {
        return sideBySide;
    }
}
