package dev.pitrproof.find;

import dev.pitrproof.archive.ArchiveScan;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.RelationChanges;
import dev.pitrproof.wal.RelationNames;
import dev.pitrproof.wal.Removal;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the transactions that dropped or truncated something, from the WAL alone: no server is started.
 *
 * <p>It sees what {@link RelationChanges} sees. Rows that DELETE or UPDATE destroyed leave no such trace; they take a
 * {@link ConditionSearch}.
 */
public final class DamageSearch implements ArchiveScan.Observer {

    /**
     * What was found.
     *
     * @param moments newest first: by timeline, then by position
     * @param commits how many commits were read
     * @param rewrites transactions left out that only rewrote or reindexed
     * @param minor transactions left out that removed only indexes, TOAST tables, sequences or catalogs
     * @param fileless transactions left out that dropped only what had no file
     * @param problems what of the archive could not be read, a line each
     */
    public record Result(
            List<Moment> moments, long commits, int rewrites, int minor, int fileless, List<String> problems) {
        public Result {
            moments = List.copyOf(moments);
            problems = List.copyOf(problems);
        }
    }

    private final DamageFilter filter;
    private final @Nullable TimelineHistory path;
    private final RelationChanges changes;
    private final List<Moment> moments = new ArrayList<>();
    private final Map<DamageFilter.Verdict, Integer> counts = new EnumMap<>(DamageFilter.Verdict.class);
    private final Map<TimelineId, Commit> lastCommits = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long commits;

    private DamageSearch(DamageFilter filter, @Nullable TimelineHistory path, RelationChanges changes) {
        this.filter = filter;
        this.path = path;
        this.changes = changes;
    }

    /**
     * Reads the whole archive.
     *
     * @param timeline only what lies on the way to the end of this timeline, its ancestors included; empty for all
     * @throws IOException if the archive cannot be read, or has no history of that timeline
     */
    public static Result search(
            WalArchive archive, RelationNames names, DamageFilter filter, Optional<TimelineId> timeline)
            throws IOException {
        TimelineHistory path = null;
        if (timeline.isPresent()) {
            path = archive.history(timeline.get())
                    .orElseThrow(
                            () -> new IOException("the archive has no history file of timeline " + timeline.get()));
        }
        DamageSearch search = new DamageSearch(filter, path, new RelationChanges(names, archive.walMajor()));
        ArchiveScan.scan(archive, search);
        Collections.reverse(search.moments);
        return new Result(
                search.moments,
                search.commits,
                search.count(DamageFilter.Verdict.REWRITE),
                search.count(DamageFilter.Verdict.MINOR),
                search.count(DamageFilter.Verdict.FILELESS),
                search.problems);
    }

    private int count(DamageFilter.Verdict verdict) {
        return counts.getOrDefault(verdict, 0);
    }

    @Override
    public void begins(Lsn position) {
        changes.begin(position);
    }

    @Override
    public boolean record(WalRecord record) {
        List<Removal> removals = changes.accept(record);
        boolean onPath = path == null || path.timelineAt(record.start()).equals(record.timeline());
        if (!onPath
                || !(record.entry() instanceof TransactionEnd end)
                || !end.kind().commits()) {
            return true;
        }
        commits++;
        Commit commit = new Commit(end.xid(), end.time(), record.start(), record.end(), record.timeline());
        Commit before = lastCommits.put(record.timeline(), commit);
        if (!removals.isEmpty()) {
            DamageFilter.Verdict verdict = filter.judge(removals);
            counts.merge(verdict, 1, Integer::sum);
            if (verdict == DamageFilter.Verdict.DAMAGE) {
                moments.add(new Moment(commit, removals, before));
            }
        }
        return true;
    }

    @Override
    public void problem(String message) {
        problems.add(message);
    }
}
