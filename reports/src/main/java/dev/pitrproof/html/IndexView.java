package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.Surprise;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The page that leads to all others: one sentence, what was not as expected, then all drills by scenario and PostgreSQL's
 * major version.
 *
 * @param tally how often each verdict came out, and of what, parts of a sentence
 * @param surprises the first of the drills that did not end as expected
 * @param moreSurprises how many of these are not listed
 * @param majors the columns, lowest first
 * @param groups a scenario each, in the order they came
 */
public record IndexView(
        String overall,
        boolean good,
        List<String> tally,
        List<Unexpected> surprises,
        int moreSurprises,
        List<Major> majors,
        List<Group> groups) {

    private static final int SURPRISES_MAX = 50;
    private static final Pattern MAJOR_IN_NAME = Pattern.compile("-pg(\\d+)(?=-|$)");
    private static final Pattern MAJOR_IN_VERSION = Pattern.compile("^\\d+");

    /**
     * A drill that did not end as expected.
     *
     * @param next what is to be done about it
     */
    public record Unexpected(String name, String href, Verdict verdict, String outcome, String message, String next) {}

    /** A column; 0 is that of drills which never reached a server. */
    public record Major(int number) implements Comparable<Major> {
        public String heading() {
            return number == 0 ? "no server" : String.valueOf(number);
        }

        @Override
        public int compareTo(Major other) {
            return Integer.compare(
                    number == 0 ? Integer.MAX_VALUE : number, other.number == 0 ? Integer.MAX_VALUE : other.number);
        }
    }

    /** The drills of one scenario. */
    public record Group(String scenario, List<Row> rows) {}

    /** One restore of a scenario, on all majors. */
    public record Row(String name, String asked, String about, String expected, Map<Major, List<Cell>> cells) {
        /** The drills on this major, usually one. */
        public List<Cell> on(Major major) {
            return cells.getOrDefault(major, List.of());
        }
    }

    /**
     * One drill.
     *
     * @param note what tells it from others in the same place, empty for most
     */
    public record Cell(String name, String href, Verdict verdict, boolean asExpected, String note) {
        /** What the link is called: what it shows, and the drill, which its place in the table shows. */
        public String label() {
            return verdict + (asExpected ? "" : " not as expected") + (note.isEmpty() ? "" : " " + note) + ": " + name;
        }
    }

    static IndexView of(List<EvidenceOnDisk> drills) {
        List<Evidence> evidences = drills.stream().map(EvidenceOnDisk::evidence).toList();
        List<EvidenceOnDisk> unexpected =
                drills.stream().filter(drill -> !drill.evidence().asExpected()).toList();
        return new IndexView(
                Prose.overall(evidences),
                !evidences.isEmpty() && unexpected.isEmpty(),
                tally(evidences),
                unexpected.stream()
                        .limit(SURPRISES_MAX)
                        .map(IndexView::unexpected)
                        .toList(),
                Math.max(0, unexpected.size() - SURPRISES_MAX),
                evidences.stream().map(IndexView::major).distinct().sorted().toList(),
                groups(drills));
    }

    private static List<String> tally(List<Evidence> drills) {
        if (drills.isEmpty()) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        parts.add(Prose.tally(drills));
        parts.add(
                Wording.count(drills.stream().map(Evidence::scenario).distinct().count(), "scenario"));
        String majors = drills.stream()
                .map(IndexView::major)
                .filter(major -> major.number() > 0)
                .distinct()
                .sorted()
                .map(Major::heading)
                .collect(Collectors.joining(", "));
        if (!majors.isEmpty()) {
            parts.add("PostgreSQL " + majors);
        }
        String sandboxes = drills.stream()
                .map(Evidence::postgres)
                .filter(Objects::nonNull)
                .map(Postgres::sandbox)
                .distinct()
                .sorted()
                .collect(Collectors.joining(" and "));
        if (!sandboxes.isEmpty()) {
            parts.add(sandboxes + " sandbox");
        }
        Duration time = drills.stream()
                .map(drill -> Duration.between(drill.started(), drill.ended()))
                .reduce(Duration.ZERO, Duration::plus);
        parts.add(Wording.duration(time) + " of drills");
        drills.stream()
                .map(Evidence::started)
                .min(Comparator.naturalOrder())
                .map(Wording::day)
                .ifPresent(parts::add);
        return List.copyOf(parts);
    }

    private static Unexpected unexpected(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        return new Unexpected(
                drill.name(),
                PageName.of(drill).path(),
                evidence.verdict(),
                Prose.outcome(evidence),
                Surprise.of(evidence)
                        .map(surprise -> surprise.message(evidence))
                        .orElse(""),
                Optional.ofNullable(Prose.next(evidence)).orElse(""));
    }

    private static List<Group> groups(List<EvidenceOnDisk> drills) {
        Map<String, Map<String, Row>> groups = new LinkedHashMap<>();
        for (EvidenceOnDisk drill : drills) {
            Evidence evidence = drill.evidence();
            String name = MAJOR_IN_NAME.matcher(evidence.drill()).replaceFirst("");
            groups.computeIfAbsent(evidence.scenario(), scenario -> new LinkedHashMap<>())
                    .computeIfAbsent(name, row -> row(name, evidence))
                    .cells()
                    .computeIfAbsent(major(evidence), major -> new ArrayList<>())
                    .add(cell(drill));
        }
        return groups.entrySet().stream()
                .map(group ->
                        new Group(group.getKey(), List.copyOf(group.getValue().values())))
                .toList();
    }

    private static Row row(String name, Evidence evidence) {
        String about = Optional.ofNullable(evidence.about()).orElse("");
        String asked = evidence.target() == null ? "no target" : "to " + Prose.asked(evidence);
        return new Row(name, asked, about, evidence.expected().toString(), new TreeMap<>());
    }

    private static Cell cell(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        String note = drill.name().startsWith(evidence.drill())
                ? drill.name().substring(evidence.drill().length()).strip()
                : "";
        return new Cell(drill.name(), PageName.of(drill).path(), evidence.verdict(), evidence.asExpected(), note);
    }

    private static Major major(Evidence evidence) {
        Matcher inVersion = MAJOR_IN_VERSION.matcher(
                evidence.postgres() == null ? "" : evidence.postgres().version());
        if (inVersion.find()) {
            return number(inVersion.group());
        }
        Matcher inName = MAJOR_IN_NAME.matcher(evidence.drill());
        return inName.find() ? number(inName.group(1)) : new Major(0);
    }

    private static Major number(String digits) {
        return new Major(digits.length() > 4 ? 0 : Integer.parseInt(digits));
    }
}
