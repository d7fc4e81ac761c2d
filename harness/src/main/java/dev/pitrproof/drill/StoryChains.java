package dev.pitrproof.drill;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The incremental backups of a story: which chain each ends, and the full backup that this amounts to. */
final class StoryChains {

    private static final String SUMMARIZE = "summarize_wal";

    private final Map<String, Step.BaseBackup> steps = new HashMap<>();
    private final Map<String, ExistingBackup.Examined> examined = new HashMap<>();

    StoryChains(Scenario scenario) {
        for (Step step : scenario.story()) {
            if (step instanceof Step.BaseBackup backup) {
                steps.put(backup.label(), backup);
            }
        }
    }

    /** The source's settings: a server that is to give incremental backups has to keep account of what its WAL changes. */
    Map<String, String> parameters(Map<String, String> ofScenario) {
        Map<String, String> parameters = new LinkedHashMap<>(ofScenario);
        if (steps.values().stream().anyMatch(step -> step.incrementalTo() != null)) {
            parameters.putIfAbsent(SUMMARIZE, "on");
        }
        return parameters;
    }

    /** The backups that were combined into this one, oldest first; empty if it is a full one. */
    List<Path> combinedFrom(String label, Recording recording) {
        List<Path> chain = chain(label, recording);
        return chain.size() == 1 ? List.of() : chain;
    }

    private List<Path> chain(String label, Recording recording) {
        List<Path> chain = new ArrayList<>();
        for (String each = label;
                each != null;
                each = Objects.requireNonNull(steps.get(each)).incrementalTo()) {
            chain.add(0, taken(each, recording).directory());
        }
        return chain;
    }

    private static BaseBackup taken(String label, Recording recording) {
        return Objects.requireNonNull(recording.backups().get(label));
    }

    /**
     * What a restore begins with: a full backup as it was taken; for an incremental one its whole chain, compared with its
     * manifests and combined, once however many restores begin with it.
     */
    ExistingBackup.Examined examine(String label, Recording recording, Sandbox sandbox) throws IOException {
        BaseBackup taken = taken(label, recording);
        List<Path> chain = chain(label, recording);
        if (chain.size() == 1) {
            return new ExistingBackup.Examined.Usable(taken, Optional.of(RestoreDrill.backupIntact(taken)));
        }
        ExistingBackup.Examined known = examined.get(label);
        if (known == null) {
            known = asTakenHere(new ExistingChain(chain, sandbox, "chain-" + label, false).examine(), taken);
            examined.put(label, known);
        }
        return known;
    }

    private static ExistingBackup.Examined asTakenHere(ExistingBackup.Examined examined, BaseBackup newest) {
        return examined instanceof ExistingBackup.Examined.Usable usable
                ? new ExistingBackup.Examined.Usable(usable.backup().took(newest.took()), usable.intact())
                : examined;
    }
}
