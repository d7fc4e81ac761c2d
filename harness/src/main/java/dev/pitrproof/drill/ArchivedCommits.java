package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveScan;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.Snapshot;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every commit of the source that a story's archive holds, from its first segment on. A dump has no place in the WAL at
 * which to begin.
 *
 * @param path the source's own way through the timelines; what others archived, such as a clone, is left out
 * @param commits in WAL order
 * @param problems what is missing or damaged, a line each
 */
record ArchivedCommits(TimelineHistory path, List<EndedTransaction> commits, List<String> problems) {

    ArchivedCommits {
        commits = List.copyOf(commits);
        problems = List.copyOf(problems);
    }

    /**
     * @param snapshot whose xids tell the epoch of those in the WAL
     * @param last the timeline that the source wrote to in the end
     */
    static ArchivedCommits in(WalArchive archive, Snapshot snapshot, TimelineId last) throws IOException {
        List<EndedTransaction> commits = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        TimelineHistory path = archive.history(last).orElse(TimelineHistory.of(last));
        ArchiveScan.scan(archive, new ArchiveScan.Observer() {
            @Override
            public boolean record(WalRecord record) {
                if (record.entry() instanceof WalEntry.TransactionEnd end
                        && end.kind().commits()
                        && isOn(path, record)) {
                    commits.add(new EndedTransaction(
                            end.kind(),
                            snapshot.widen(end.xid()),
                            end.subxids().stream().map(snapshot::widen).toList(),
                            end.time(),
                            record.start(),
                            record.end(),
                            record.timeline()));
                }
                return true;
            }

            @Override
            public void problem(String message) {
                problems.add(message);
            }
        });
        return new ArchivedCommits(path, commits, problems);
    }

    /** Those that the snapshot saw. */
    List<EndedTransaction> seenBy(Snapshot snapshot) {
        return commits.stream().filter(commit -> snapshot.sees(commit.xid())).toList();
    }

    /**
     * Those that it did not.
     *
     * @param damage only commits before it count; null if all do
     */
    List<EndedTransaction> missedBy(Snapshot snapshot, @Nullable Instant damage) {
        return commits.stream()
                .filter(commit -> !snapshot.sees(commit.xid()))
                .filter(commit -> damage == null || commit.time().isBefore(damage))
                .toList();
    }

    private static boolean isOn(TimelineHistory path, WalRecord record) {
        return path.path().contains(record.timeline())
                && path.endOf(record.timeline())
                        .map(end -> record.start().isBefore(end))
                        .orElse(true);
    }

    Set<Long> xids() {
        return commits.stream().map(EndedTransaction::xid).collect(Collectors.toSet());
    }
}
