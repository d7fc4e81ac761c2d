package dev.pitrproof.evidence;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Many targets proved in one replay of one restored copy; one line for each is in the attachment {@code sweep.jsonl}.
 *
 * @param choice which targets were chosen, in words: {@code every commit}
 * @param targets how many there are
 * @param swept how many were asked; fewer if the sweep broke off
 * @param agreed how many of these are what the WAL foretells, with every claim that was made of them
 * @param disagreements those that are not, in WAL order
 * @param controlLsn the drawn target to which the backup was restored by PostgreSQL's own settings as well; null if there
 *     was no such restore besides the drill's own
 * @param phases how long its parts took, in seconds, in the order they began (give a map that keeps it)
 */
public record Sweep(
        String choice,
        int targets,
        int swept,
        int agreed,
        List<Disagreement> disagreements,
        @Nullable String controlLsn,
        Map<String, Double> phases) {

    /**
     * A target that is not proven.
     *
     * @param lsn the position
     * @param record what ends there, in words: {@code commit of xid 745}
     * @param claim the first claim that does not hold
     */
    public record Disagreement(
            String lsn, String record, String claim, Verdict verdict, String code, String expected, String found) {}

    public Sweep {
        Components.present(choice, "sweep.choice");
        disagreements = Components.list(disagreements);
        phases = Components.map(phases);
    }
}
