package dev.pitrproof.proof;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether a database that was restored from a dump holds exactly what the dump's snapshot saw: for a dump what
 * {@link TargetClaim} is for a recovery.
 *
 * <p>Each transaction of a story's workloads writes one row of the ledger. The snapshot, whose text the source printed
 * while it exported it to {@code pg_dump}, says of every xid whether its commit is in it, whatever the order of commits in
 * the WAL and however long the dump took. So the rows that must be there, and those that must not, follow from the commits
 * in the WAL and what the clients were told; the restored ledger is asked for all of them.
 */
public final class SnapshotClaim {

    /** What the claim is called. */
    public static final String NAME = "snapshot-restored";

    private static final int NAMED_MAX = 5;

    private SnapshotClaim() {}

    /**
     * What is known of the ledger's rows on the source.
     *
     * @param acknowledged xids of those whose commit was acknowledged, by row
     * @param inDoubt rows of which nobody knows
     */
    public record Rows(Map<Long, Long> acknowledged, Set<Long> inDoubt) {
        public Rows {
            acknowledged = Map.copyOf(acknowledged);
            inDoubt = Set.copyOf(inDoubt);
        }
    }

    /**
     * Judges.
     *
     * @param committed the xids of all commits in the WAL
     * @param found the rows of the restored ledger
     */
    public static Claim judge(Snapshot snapshot, Rows source, Set<Long> committed, Collection<Long> found) {
        Map<Long, Long> seen = new TreeMap<>();
        Map<Long, Long> later = new TreeMap<>();
        source.acknowledged().forEach((row, xid) -> (snapshot.sees(xid) ? seen : later).put(row, xid));
        String expected = String.format(
                Locale.ROOT,
                "the %,d transactions of the workloads that its snapshot saw, and none of the %,d that were committed"
                        + " later",
                seen.size(),
                later.size());
        if (source.acknowledged().isEmpty()) {
            return claim(
                    Verdict.UNPROVEN,
                    FindingCode.NOTHING_TO_PROVE,
                    expected,
                    "no workload committed anything, so there is no ledger to compare",
                    "let a workload run before the logical-backup and after it");
        }
        Set<Long> missing = new TreeSet<>(seen.keySet());
        missing.removeAll(Set.copyOf(found));
        Set<Long> surplus = new TreeSet<>(found);
        surplus.removeAll(seen.keySet());
        surplus.removeAll(source.inDoubt());
        if (!missing.isEmpty() || !surplus.isEmpty()) {
            return claim(
                    Verdict.REFUTED,
                    FindingCode.DATA_DIFFERS,
                    expected,
                    differences(missing, surplus, source.acknowledged()),
                    "the dump was not taken with that snapshot, or its restore left something out: look into"
                            + " pg_restore.log");
        }
        long unrecorded = source.acknowledged().values().stream()
                .filter(xid -> !committed.contains(xid))
                .count();
        if (unrecorded > 0) {
            return claim(
                    Verdict.UNPROVEN,
                    FindingCode.WAL_GAP,
                    expected,
                    String.format(
                            Locale.ROOT,
                            "the restored ledger is as the clients were told, but of %,d of these transactions there is"
                                    + " no commit in the archive",
                            unrecorded),
                    "pitrproof audit of the archive says which WAL is missing");
        }
        return claim(
                Verdict.PROVEN,
                FindingCode.DATA_AS_CLAIMED,
                expected,
                String.format(
                        Locale.ROOT,
                        "%,d of %,d are there, and none of the %,d",
                        seen.size(),
                        seen.size(),
                        later.size()),
                null);
    }

    private static String differences(Set<Long> missing, Set<Long> surplus, Map<Long, Long> xids) {
        List<String> parts = new ArrayList<>();
        if (!missing.isEmpty()) {
            parts.add(String.format(Locale.ROOT, "%,d of them are missing: %s", missing.size(), some(missing, xids)));
        }
        if (!surplus.isEmpty()) {
            parts.add(String.format(
                    Locale.ROOT, "%,d are there that must not be: %s", surplus.size(), some(surplus, xids)));
        }
        return String.join("; ", parts);
    }

    private static String some(Set<Long> rows, Map<Long, Long> xids) {
        List<String> named = rows.stream()
                .limit(NAMED_MAX)
                .map(row -> xids.containsKey(row) ? "xid " + xids.get(row) : "row " + row + " of the ledger")
                .toList();
        return String.join(", ", named) + (rows.size() > NAMED_MAX ? ", …" : "");
    }

    private static Claim claim(
            Verdict verdict, FindingCode code, String expected, String found, @Nullable String hint) {
        return new Claim(
                NAME,
                verdict,
                code.name(),
                expected,
                found,
                hint,
                verdict == Verdict.UNPROVEN && code == FindingCode.NOTHING_TO_PROVE
                        ? List.of()
                        : List.of("WAL", "client's journal", "ledger in the restored database"));
    }
}
