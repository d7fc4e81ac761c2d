package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Commit;
import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Timeline;
import dev.pitrproof.archive.ArchiveAudit.Window;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** One audit: names and first pages, then histories, then every record, then what it all comes to. */
final class AuditRun {

    private final AuditInventory inventory;
    private final AuditSource source;
    private final Parallelism parallelism;
    private final Map<TimelineId, TimelineWalk> walks = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<Timeline> timelines = new ArrayList<>();

    private AuditRun(AuditInventory inventory, AuditSource source, Parallelism parallelism) {
        this.inventory = inventory;
        this.source = source;
        this.parallelism = parallelism;
    }

    static ArchiveAudit run(ArchiveStore store, IntFunction<Parallelism> parallelismFor) throws IOException {
        return run(store, parallelismFor, ReadProgress.SILENT);
    }

    /** @param parallelismFor by segment size */
    static ArchiveAudit run(ArchiveStore store, IntFunction<Parallelism> parallelismFor, ReadProgress progress)
            throws IOException {
        List<ArchivedFile> segments = WalArchive.segmentFiles(store);
        Optional<AuditInventory> found = AuditInventory.of(segments);
        if (found.isEmpty()) {
            WalArchive.open(store).close(); // says what is wrong with it
            throw new IOException("the segments in \"" + store.location() + "\" changed while they were read");
        }
        AuditInventory inventory = found.get();
        try (WalArchive archive = WalArchive.open(store, inventory.header())) {
            long bytes = (long) inventory.good().size() * inventory.header().segmentSize();
            AtomicLong read = new AtomicLong();
            // where threads meet, a segment may be read twice
            AuditSource source = new AuditSource(
                    archive, inventory.good(), more -> progress.read(Math.min(bytes, read.addAndGet(more)), bytes));
            Parallelism parallelism = parallelismFor.apply(inventory.header().segmentSize());
            return new AuditRun(inventory, source, parallelism).audit(ArchivedFile.list(store));
        }
    }

    private ArchiveAudit audit(List<ArchivedFile> files) throws IOException {
        AuditHistories histories = new AuditHistories(inventory, source, files);
        SortedMap<TimelineId, TimelineHistory> known = histories.read();
        AuditGaps gaps = new AuditGaps(inventory.segments(), inventory.header().segmentSize());
        for (TimelineHistory history : known.values()) {
            gaps.look(history);
            walk(history);
        }
        findings.addAll(inventory.findings());
        findings.addAll(gaps.findings());
        return new ArchiveAudit(
                inventory.header().systemIdentifier(),
                inventory.header().version().major(),
                inventory.header().segmentSize(),
                inventory.segments().size(),
                sorted(histories.findings()),
                timelines);
    }

    private void walk(TimelineHistory history) throws IOException {
        Optional<TimelineHistory.Switch> fork = history.ancestry().stream().reduce((older, newer) -> newer);
        TimelineWalk walk = new TimelineWalk(inventory, source, history, parallelism);
        walk.walk(fork.map(TimelineHistory.Switch::parent).map(walks::get));
        walks.put(history.timeline(), walk);
        findings.addAll(walk.findings());
        List<SegmentName> own = inventory.segments().keySet().stream()
                .filter(segment -> segment.timeline().equals(history.timeline()))
                .toList();
        timelines.add(new Timeline(
                history.timeline(),
                fork.map(TimelineHistory.Switch::parent),
                fork.map(TimelineHistory.Switch::switchpoint),
                own.size(),
                !own.isEmpty() && source.isPartial(own.get(own.size() - 1)),
                walk.windows()));
    }

    private List<Finding> sorted(List<Finding> ofHistories) {
        Map<String, Finding> once = new LinkedHashMap<>();
        findings.forEach(finding -> once.putIfAbsent(finding.kind() + finding.names(), finding));
        List<Finding> all = new ArrayList<>(ofHistories);
        once.values().stream()
                .sorted(AuditInventory.BY_POSITION)
                .map(this::withCosts)
                .forEach(all::add);
        return all;
    }

    private Finding withCosts(Finding finding) {
        if (!finding.costs().isEmpty()) {
            return finding;
        }
        SegmentName first;
        SegmentName last;
        try {
            first = SegmentName.parse(finding.first(), inventory.header().segmentSize());
            last = SegmentName.parse(finding.last(), inventory.header().segmentSize());
        } catch (IllegalArgumentException e) {
            return finding.costing("nothing, if it belongs to the other cluster");
        }
        TimelineWalk walk = walks.get(first.timeline());
        List<Window> windows = walk == null ? List.of() : walk.windows();
        Optional<Window> before = windows.stream()
                .filter(window ->
                        window.from().isBefore(first.end()) && window.through().compareTo(last.end()) <= 0)
                .reduce((older, newer) -> newer);
        Optional<Lsn> behind = windows.stream()
                .map(Window::from)
                .filter(from -> from.compareTo(last.start()) > 0)
                .findFirst();
        return finding.costing(before.map(window -> "recovery on timeline " + first.timeline() + " ends at "
                                + window.through() + "; " + lastCommit(windows, window))
                        .orElse("recovery on timeline " + first.timeline() + " cannot begin before it")
                + behind.map(from -> "; it can go on at " + from + " from a base backup that ends behind that")
                        .orElse("; nothing behind it can be reached"));
    }

    private static String lastCommit(List<Window> windows, Window before) {
        return windows.stream()
                .takeWhile(window -> window.from().compareTo(before.from()) <= 0)
                .flatMap(window -> window.lastCommit().stream())
                .reduce((older, newer) -> newer)
                .map(AuditRun::inWords)
                .orElse("no commit can be proved");
    }

    private static String inWords(Commit commit) {
        return "last provable commit: xid " + commit.xid() + " at " + commit.time() + " (" + commit.lsn() + ")";
    }
}
