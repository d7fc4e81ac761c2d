package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Kind;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where each timeline of an archive came from: by its history file, and by the WAL, which has the last word. */
final class AuditHistories {

    private static final String COSTS = "no recovery can follow timeline ";

    private final AuditInventory inventory;
    private final SwitchSearch search;
    private final SortedMap<String, ArchivedFile> files = new TreeMap<>();
    private final SortedMap<TimelineId, TimelineHistory> known = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();

    AuditHistories(AuditInventory inventory, AuditSource source, List<ArchivedFile> all) {
        this.inventory = inventory;
        this.search = new SwitchSearch(source);
        all.stream().filter(file -> !file.isSegment()).sorted().forEach(file -> files.putIfAbsent(file.name(), file));
    }

    /** Looks at all; parents come before their children, for their numbers are lower. */
    SortedMap<TimelineId, TimelineHistory> read() throws IOException {
        TreeMap<TimelineId, Boolean> timelines = new TreeMap<>();
        inventory.segments().keySet().forEach(segment -> timelines.put(segment.timeline(), true));
        for (String name : files.keySet()) {
            int number = Integer.parseUnsignedInt(name, 0, 8, 16);
            if (number != 0) {
                timelines.putIfAbsent(new TimelineId(number), false);
            }
        }
        for (TimelineId timeline : timelines.keySet()) {
            known.put(timeline, history(timeline));
        }
        return known;
    }

    private TimelineHistory history(TimelineId timeline) throws IOException {
        if (timeline.equals(TimelineId.FIRST)) {
            return TimelineHistory.of(timeline);
        }
        Optional<TimelineHistory> claimed = claimed(timeline);
        Optional<SegmentName> first = inventory.good().keySet().stream()
                .filter(segment -> segment.timeline().equals(timeline))
                .findFirst();
        Optional<TimelineHistory.Switch> found = first.isEmpty() ? Optional.empty() : search.find(first.get());
        if (claimed.isEmpty()) {
            return found.map(step -> behind(step, timeline)).orElse(TimelineHistory.of(timeline));
        }
        TimelineHistory history = claimed.get();
        lookForParents(history);
        if (found.isPresent() && !history.ancestry().isEmpty()) {
            TimelineHistory.Switch last =
                    history.ancestry().get(history.ancestry().size() - 1);
            TimelineHistory.Switch step = found.get();
            if (!last.parent().equals(step.parent()) || !last.switchpoint().equals(step.switchpoint())) {
                disagreement(
                        timeline,
                        "timeline " + step.parent() + " left at " + step.switchpoint() + ", as the WAL in "
                                + first.get() + " says",
                        "timeline " + last.parent() + " left at " + last.switchpoint());
                return behind(step, timeline);
            }
        }
        return history;
    }

    private TimelineHistory behind(TimelineHistory.Switch step, TimelineId timeline) {
        List<TimelineHistory.Switch> ancestry = new ArrayList<>();
        TimelineHistory parents = known.get(step.parent());
        if (parents != null) {
            ancestry.addAll(parents.ancestry());
        }
        ancestry.add(step);
        return new TimelineHistory(timeline, ancestry);
    }

    private Optional<TimelineHistory> claimed(TimelineId timeline) {
        String name = timeline.historyFileName();
        ArchivedFile file = files.get(name);
        if (file == null) {
            add(
                    Kind.MISSING,
                    name,
                    "where timeline " + timeline + " came from",
                    "no such file",
                    COSTS + timeline + " from a backup of an older one");
            return Optional.empty();
        }
        try {
            TimelineHistory history = HistoryText.read(file, timeline);
            if (history.ancestry().isEmpty()) {
                add(Kind.EMPTY, name, "a line for each timeline before " + timeline, "none", COSTS + timeline);
                return Optional.empty();
            }
            return Optional.of(history);
        } catch (IllegalArgumentException e) {
            boolean empty = String.valueOf(e.getMessage()).startsWith("it is empty");
            add(
                    empty ? Kind.EMPTY : Kind.DAMAGED,
                    name,
                    "lines of a timeline, a switchpoint and a reason",
                    String.valueOf(e.getMessage()),
                    COSTS + timeline);
        } catch (IOException e) {
            add(
                    Kind.UNREADABLE,
                    name,
                    "a file that can be read",
                    AuditInventory.why(e),
                    "where timeline " + timeline + " came from is taken from the WAL");
        }
        return Optional.empty();
    }

    /** Its ancestors' own histories must say the same of what they have in common. */
    private void lookForParents(TimelineHistory history) {
        List<TimelineHistory.Switch> ancestry = history.ancestry();
        for (int i = 0; i < ancestry.size(); i++) {
            TimelineId parent = ancestry.get(i).parent();
            TimelineHistory its = known.get(parent);
            if (its == null && !parent.equals(TimelineId.FIRST)) {
                String name = parent.historyFileName();
                if (findings.stream().noneMatch(finding -> finding.first().equals(name))) {
                    add(
                            Kind.MISSING,
                            name,
                            "timeline " + parent + ", which "
                                    + history.timeline().historyFileName() + " names as a parent",
                            "neither this file nor a segment of that timeline",
                            COSTS + history.timeline() + " from a backup of timeline " + parent + " or an older one");
                }
            } else if (its != null && !same(its.ancestry(), ancestry.subList(0, i))) {
                disagreement(
                        history.timeline(),
                        "the ancestors of timeline " + parent + " as " + parent.historyFileName() + " has them: "
                                + inWords(its.ancestry()),
                        inWords(ancestry.subList(0, i)));
            }
        }
    }

    private static boolean same(List<TimelineHistory.Switch> one, List<TimelineHistory.Switch> other) {
        return inWords(one).equals(inWords(other));
    }

    private static String inWords(List<TimelineHistory.Switch> ancestry) {
        StringBuilder words = new StringBuilder();
        for (TimelineHistory.Switch step : ancestry) {
            words.append(words.isEmpty() ? "" : ", ")
                    .append(step.parent())
                    .append(" left at ")
                    .append(step.switchpoint());
        }
        return words.isEmpty() ? "none" : words.toString();
    }

    private void disagreement(TimelineId timeline, String expected, String found) {
        if (findings.stream().noneMatch(finding -> finding.first().equals(timeline.historyFileName()))) {
            add(Kind.DAMAGED, timeline.historyFileName(), expected, found, COSTS + timeline + " across that point");
        }
    }

    private void add(Kind kind, String name, String expected, String found, String costs) {
        findings.add(new Finding(
                kind,
                name,
                name,
                1,
                expected,
                found,
                costs,
                "get it from another copy of the archive, or from pg_wal of a server on that timeline",
                false));
    }

    List<Finding> findings() {
        return findings;
    }
}
