package dev.pitrproof.wal;

import dev.pitrproof.wal.WalEntry.RelationFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose files are whose, once relations have been given new ones: keeps names alive over TRUNCATE, VACUUM FULL and the
 * like.
 *
 * <p>A commit lists the files it removes newest first ({@code smgrGetPendingDeletes}), and the WAL has those it created in
 * order. Where it does not follow from that which new file took the place of which old one, none is given a name: no name
 * is better than a wrong one.
 */
final class Successors {

    private final RelationNames names;
    private final Map<RelationFile, RelationName> successors = new HashMap<>();

    Successors(RelationNames names) {
        this.names = names;
    }

    @Nullable
    RelationName name(RelationFile file) {
        RelationName successor = successors.get(file);
        return successor != null ? successor : names.byFile(file).orElse(null);
    }

    /** A transaction that replaced each file in place, right after it had created the next. */
    void replacedInPlace(List<RelationFile> created, List<RelationFile> removedNewestFirst) {
        List<RelationFile> removed = oldestFirst(removedNewestFirst);
        for (int i = 0; created.size() == removed.size() && i < created.size(); i++) {
            put(created.get(i), name(removed.get(i)));
        }
    }

    /**
     * A transaction that filled a transient table and swapped files with it: {@code finish_heap_swap} of cluster.c. The
     * transient table's files come first, in the order table, TOAST table, its index; then each index is built anew in
     * place; last of all the old files go with the transient table.
     *
     * @param transients those of {@code created} that belong to the transient table
     * @param alone whether nothing else was dropped: then TOAST tables have swapped their files, too
     */
    void swapped(
            List<RelationFile> created,
            List<RelationFile> transients,
            List<RelationFile> removedNewestFirst,
            boolean alone) {
        List<RelationFile> removed = oldestFirst(removedNewestFirst);
        List<RelationFile> rebuilt = new ArrayList<>(created);
        rebuilt.removeAll(transients);
        int indexes = alone && created.size() == removed.size() ? rebuilt.size() : 0;
        List<RelationFile> swapped = removed.subList(indexes, removed.size());
        boolean oneTable = transients.size() == 1 || (alone && transients.size() == 3);
        if (!oneTable || ofKind("rm", swapped).size() != 1) {
            return;
        }
        put(transients.get(0), ofKind("rm", swapped).get(0));
        if (transients.size() == 3) {
            List<RelationName> toast = ofKind("t", swapped);
            List<RelationName> toastIndex = ofKind("i", swapped);
            if (toast.size() == 1 && toastIndex.size() == 1) {
                put(transients.get(1), toast.get(0));
                put(transients.get(2), toastIndex.get(0));
            }
        }
        for (int i = 0; i < indexes; i++) {
            RelationName name = name(removed.get(i));
            if (name != null && name.kind() == 'i') {
                put(rebuilt.get(i), name);
            }
        }
    }

    private List<RelationName> ofKind(String kinds, List<RelationFile> files) {
        List<RelationName> found = new ArrayList<>();
        for (RelationFile file : files) {
            RelationName name = name(file);
            if (name != null && kinds.indexOf(name.kind()) >= 0) {
                found.add(name);
            }
        }
        return found;
    }

    private void put(RelationFile file, @Nullable RelationName name) {
        if (name != null) {
            successors.put(file, name);
        }
    }

    private static List<RelationFile> oldestFirst(List<RelationFile> newestFirst) {
        List<RelationFile> reversed = new ArrayList<>(newestFirst);
        Collections.reverse(reversed);
        return reversed;
    }
}
