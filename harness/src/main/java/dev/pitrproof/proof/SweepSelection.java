package dev.pitrproof.proof;

import dev.pitrproof.proof.SweepCourse.Stop;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Chooses the targets of a sweep: the edges, at which a recovery that is off by one ends in another state, and of the rest
 * all, or what a seed draws.
 *
 * <p>Edges are the first and the last state that can be reached; what lies on either side of a mark, an accident, a restore
 * point and the end of a timeline; commits of the same time; and a transaction's preparation and its end. A history may
 * have thousands of one kind: of each, a sample has {@value #OF_A_KIND_MAX} at most.
 */
public final class SweepSelection {

    static final int OF_A_KIND_MAX = 20;

    /** A moment of the story that has a name. */
    public record Moment(String name, Lsn lsn) {}

    private record Edge(Stop stop, String reason) {}

    private final SweepCourse course;
    private final List<Stop> commits;
    private final List<Lsn> committedAt;
    private final List<Moment> moments;

    /** @param moments whose neighbours are edges */
    public SweepSelection(SweepCourse course, List<Moment> moments) {
        this.course = course;
        this.commits = course.stops().stream().filter(Stop::isCommit).toList();
        this.committedAt = commits.stream().map(Stop::end).toList();
        this.moments = List.copyOf(moments);
    }

    /** The targets in WAL order; may be more than {@link SweepChoice#TARGETS_MAX} where every commit is asked for. */
    public List<SweepTarget> targets(SweepChoice choice, long seed) {
        Random random = new Random(seed);
        Map<Stop, List<String>> chosen = new LinkedHashMap<>();
        boolean sample = choice instanceof SweepChoice.Sample;
        for (List<Edge> kind : edges()) {
            List<Edge> kept = new ArrayList<>(kind);
            if (sample && kept.size() > OF_A_KIND_MAX) {
                Collections.shuffle(kept, random);
                kept = kept.subList(0, OF_A_KIND_MAX);
            }
            for (Edge edge : kept) {
                chosen.computeIfAbsent(edge.stop(), stop -> new ArrayList<>()).add(edge.reason());
            }
        }
        List<Stop> rest = new ArrayList<>(choice instanceof SweepChoice.EveryCommit ? course.stops() : commits);
        rest.removeAll(chosen.keySet());
        if (choice instanceof SweepChoice.Sample asked) {
            Collections.shuffle(rest, random);
            rest = rest.subList(0, Math.max(0, Math.min(rest.size(), asked.targets() - chosen.size())));
        }
        rest.forEach(stop -> chosen.put(stop, List.of()));
        return chosen.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().end()))
                .map(entry -> new SweepTarget(course.at(entry.getKey()), entry.getValue()))
                .toList();
    }

    private List<List<Edge>> edges() {
        List<List<Edge>> kinds = new ArrayList<>();
        kinds.add(ends());
        for (Moment moment : moments) {
            kinds.add(around(moment));
        }
        List<Edge> restorePoints = new ArrayList<>();
        List<Edge> preparations = new ArrayList<>();
        List<Edge> timelines = new ArrayList<>();
        for (Stop stop : course.stops()) {
            WalEntry entry = stop.last().entry();
            if (entry instanceof WalEntry.RestorePoint point) {
                String name = "restore point " + point.name();
                restorePoints.add(new Edge(stop, name));
                restorePoints.addAll(around(new Moment(name, stop.end())));
            } else if (entry instanceof WalEntry.Prepare prepare) {
                preparations.add(new Edge(stop, "preparation of " + Integer.toUnsignedString(prepare.xid())));
            } else if (entry instanceof WalEntry.TransactionEnd end && isPrepared(end.kind())) {
                String name = "end of prepared " + Integer.toUnsignedString(end.xid());
                preparations.add(new Edge(stop, name));
                preparations.addAll(before(new Moment(name, stop.last().start())));
            }
            if (stop.next() != null
                    && !stop.next().timeline().equals(stop.last().timeline())) {
                String name = "end of timeline " + stop.last().timeline();
                timelines.add(new Edge(stop, name));
                timelines.addAll(around(new Moment(name, stop.end())));
            }
        }
        kinds.add(restorePoints);
        kinds.add(preparations);
        kinds.add(timelines);
        kinds.add(sameTimes());
        return kinds;
    }

    private static boolean isPrepared(WalEntry.Kind kind) {
        return kind == WalEntry.Kind.COMMIT_PREPARED || kind == WalEntry.Kind.ABORT_PREPARED;
    }

    private List<Edge> ends() {
        List<Edge> edges = new ArrayList<>();
        if (!commits.isEmpty()) {
            edges.add(new Edge(commits.get(0), "first commit"));
            edges.add(new Edge(commits.get(commits.size() - 1), "last commit"));
        }
        List<Stop> stops = course.stops();
        if (!stops.isEmpty()) {
            edges.add(new Edge(stops.get(stops.size() - 1), "end of the restore"));
        }
        return edges;
    }

    private List<Edge> around(Moment moment) {
        List<Edge> edges = new ArrayList<>(before(moment));
        int behind = committedBy(moment.lsn());
        if (behind < commits.size()) {
            edges.add(new Edge(commits.get(behind), "behind " + moment.name()));
        }
        return edges;
    }

    private List<Edge> before(Moment moment) {
        int before = committedBy(moment.lsn());
        return before == 0 ? List.of() : List.of(new Edge(commits.get(before - 1), "before " + moment.name()));
    }

    private int committedBy(Lsn position) {
        int found = Collections.binarySearch(committedAt, position);
        return found < 0 ? -found - 1 : found + 1;
    }

    private List<Edge> sameTimes() {
        List<Edge> edges = new ArrayList<>();
        for (int i = 1; i < commits.size(); i++) {
            WalEntry.TransactionEnd one =
                    (WalEntry.TransactionEnd) commits.get(i - 1).last().entry();
            WalEntry.TransactionEnd next =
                    (WalEntry.TransactionEnd) commits.get(i).last().entry();
            if (one.time().equals(next.time())) {
                edges.add(new Edge(commits.get(i - 1), "same time as " + Integer.toUnsignedString(next.xid())));
                edges.add(new Edge(commits.get(i), "same time as " + Integer.toUnsignedString(one.xid())));
            }
        }
        return edges;
    }
}
