package dev.pitrproof.drill;

import dev.pitrproof.evidence.LogicalBackup.Loss;
import dev.pitrproof.scenario.Restore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the restores of one story lost, as it was measured of each, side by side. */
final class Losses {

    private final List<Loss> all = new ArrayList<>();

    /** A recovery that ended, wherever it did. */
    void add(DrillFacts facts, Restore entry) {
        facts.story()
                .filter(story ->
                        story.recording().damage() != null && facts.paused().isPresent())
                .ifPresent(story -> add(
                        facts.assignment(),
                        entry,
                        false,
                        story.loss(facts),
                        story.acknowledgedCommitsLost(facts).size()));
    }

    /** A dump that was restored. */
    void add(DumpFacts facts, Restore entry) {
        facts.loss()
                .filter(loss -> facts.story().recording().damage() != null)
                .ifPresent(loss -> add(
                        facts.assignment(),
                        entry,
                        true,
                        loss.story(),
                        loss.acknowledged().size()));
    }

    private void add(Assignment assignment, Restore entry, boolean logical, Duration loss, long transactions) {
        double seconds = Math.max(0, loss.toNanos() / 1e9);
        all.add(new Loss(assignment.drill(), entry.from(), entry.to().inWords(), logical, seconds, transactions));
    }

    List<Loss> all() {
        return List.copyOf(all);
    }

    /** One line for all of them; empty as long as there are not two to compare. */
    List<String> inWords() {
        List<String> parts = all.stream().map(Losses::inWords).distinct().toList();
        return parts.size() < 2 ? List.of() : List.of("side by side: " + String.join("; ", parts));
    }

    private static String inWords(Loss loss) {
        return String.format(
                Locale.ROOT,
                "%s by %s lost %s (acknowledged transactions: %,d)",
                loss.from(),
                loss.logical() ? "pg_restore" : "recovery to " + loss.to(),
                loss.seconds() == 0 ? "nothing" : ObjectiveClaims.inWords(Duration.ofSeconds((long) loss.seconds())),
                loss.acknowledgedCommitsLost());
    }
}
