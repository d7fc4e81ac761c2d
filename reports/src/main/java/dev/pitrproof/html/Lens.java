package dev.pitrproof.html;

import dev.pitrproof.evidence.Archive;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.evidence.Witnesses;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Aim.Stop;
import dev.pitrproof.prose.Positions;
import dev.pitrproof.prose.StoryClock;
import dev.pitrproof.prose.Wording;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What lies around the target, in order: A and N on its two sides, the accident, where the server really stopped. */
record Lens(List<Node> nodes, Stop stop) {

    private static final int NODES_MAX = 6;

    /**
     * One thing in the order.
     *
     * @param rank where it comes: A is 10, the target 20, N 30
     * @param kind {@code applied}, {@code target}, {@code not-applied}, {@code server}, {@code gap} or a moment's kind
     * @param title its name, in a word
     * @param text what it is, in a line or two, which may be divided by a line feed
     * @param values technical details, each on a line of its own
     */
    record Node(double rank, String kind, String title, String text, List<String> values) {}

    private static final Set<String> DAMAGE = Set.of("WAL_GAP", "WAL_CORRUPT", "FOREIGN_WAL");

    static Lens of(Aim aim) {
        List<Node> nodes = new ArrayList<>();
        if (aim.target() != null) {
            nodes.add(target(aim));
        }
        if (aim.lastApplied() != null) {
            nodes.add(record(10, "applied", "A", "last to be applied", aim.lastApplied()));
        }
        if (aim.firstNotApplied() != null) {
            nodes.add(record(30, "not-applied", "N", "first not to be applied", aim.firstNotApplied()));
        }
        Stop stop = aim.stop();
        if (stop == Stop.EARLY || stop == Stop.LATE) {
            nodes.add(server(aim, stop));
        }
        Node gap = gap(aim);
        if (gap != null) {
            nodes.add(gap);
        }
        for (Moment moment : chosen(aim, NODES_MAX - nodes.size())) {
            nodes.add(moment(aim, moment));
        }
        nodes.sort(Comparator.comparingDouble(Node::rank));
        return new Lens(List.copyOf(nodes), stop);
    }

    private static Node target(Aim aim) {
        List<String> values = new ArrayList<>();
        if (aim.time() != null) {
            values.add(Wording.time(aim.time()));
        }
        boolean story = aim.target() != null && aim.target().storyTime() != null;
        String text = story ? "asked for " + aim.targetText() : aim.targetText();
        String mark = aim.nearest("mark").stream()
                .filter(aim::isAtTarget)
                .map(moment -> "\nmark " + moment.text())
                .findFirst()
                .orElse("");
        return new Node(20, "target", "T", text + mark, values);
    }

    private static Node record(double rank, String kind, String title, String text, RecordRef reference) {
        List<String> values = new ArrayList<>();
        values.add(reference.xid() == null ? reference.kind() : reference.kind() + " " + reference.xid());
        values.add(reference.lsn());
        if (reference.time() != null) {
            values.add(Wording.time(reference.time()));
        }
        return new Node(rank, kind, title, text, values);
    }

    private static Node server(Aim aim, Stop stop) {
        Witnesses witnesses = aim.evidence().witnesses();
        List<String> values = new ArrayList<>();
        if (witnesses != null && witnesses.replayLsn() != null) {
            values.add(witnesses.replayLsn());
        }
        if (witnesses != null && witnesses.lastReplayTime() != null) {
            values.add(Wording.time(witnesses.lastReplayTime()));
        }
        double rank = 8;
        if (stop == Stop.LATE) {
            boolean accidentToo = aim.accident().filter(aim::isReplayed).isPresent();
            rank = accidentToo ? 45 : 33;
        }
        return new Node(rank, "server", "stopped here", stop == Stop.LATE ? "too late" : "too early", values);
    }

    private static @Nullable Node gap(Aim aim) {
        Archive archive = aim.evidence().archive();
        if (archive == null || archive.readableThroughLsn() == null) {
            return null;
        }
        double rank = 5;
        Story story = aim.evidence().story();
        if (story != null) {
            for (Moment moment : story.moments()) {
                if (Positions.before(moment.lsn(), archive.readableThroughLsn())) {
                    rank = Math.max(rank, rank(aim.isBeforeTarget(moment) ? 5 : 40, moment) + 1e-7);
                }
            }
        }
        // an archive that is whole has an end, and no gap
        boolean isDamaged = aim.evidence().claims().stream().map(Claim::code).anyMatch(DAMAGE::contains);
        return new Node(
                rank,
                "gap",
                isDamaged ? "gap" : "end",
                isDamaged ? "the WAL cannot be read from here on" : "the WAL in the archive ends here",
                List.of(archive.readableThroughLsn()));
    }

    private static Node moment(Aim aim, Moment moment) {
        String name =
                switch (moment.kind()) {
                    case "base-backup" -> "base backup " + moment.text();
                    case "logical-backup" -> "dump " + moment.text();
                    case "mark" -> "mark " + moment.text();
                    default -> moment.text();
                };

        List<String> values = new ArrayList<>();
        if (moment.serverTime() != null) {
            values.add(Wording.time(moment.serverTime()));
        }
        return new Node(
                rank(aim.isBeforeTarget(moment) ? 5 : 40, moment), moment.kind(), moment.storyTime(), name, values);
    }

    /** Moments on the same side of the target come in the order of the story. */
    private static double rank(double side, Moment moment) {
        return side + StoryClock.seconds(moment.storyTime()).orElse(0) * 1e-6;
    }

    private static List<Moment> chosen(Aim aim, int most) {
        List<Moment> candidates = new ArrayList<>();
        aim.nearest("accident").stream().limit(2).forEach(candidates::add);
        aim.nearest("sabotage").stream().limit(1).forEach(candidates::add);
        aim.nearest("base-backup").stream().limit(1).forEach(candidates::add);
        aim.nearest("mark").stream()
                .filter(moment -> !aim.isAtTarget(moment))
                .limit(1)
                .forEach(candidates::add);
        return candidates.stream().limit(Math.max(0, most)).toList();
    }
}
