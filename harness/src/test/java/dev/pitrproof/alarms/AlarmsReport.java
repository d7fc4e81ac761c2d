package dev.pitrproof.alarms;

import dev.pitrproof.alarms.Drilled.Kind;
import dev.pitrproof.alarms.Drilled.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What came out, as Markdown: by major, by fault, and each miss and false alarm by name.
 *
 * @param commit of the working tree, with a note if that was changed
 * @param took all of it
 */
record AlarmsReport(List<Drilled> drills, String version, String commit, Duration took) {

    AlarmsReport {
        drills = List.copyOf(drills);
    }

    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "# Sabotage and false alarms",
                "",
                "Written by `bench/alarms/run`; what is done is said in `README.md` beside it.",
                "",
                LocalDate.now(ZoneOffset.UTC) + ", pitrproof " + version + ", commit " + commit + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, " + took.toMinutes() + " min "
                        + took.toSecondsPart() + " s.",
                ""));
        byMajor(lines);
        byFault(lines);
        list(lines, "Misses", misses());
        list(lines, "False alarms", falseAlarms());
        Files.write(file, lines);
    }

    /** Faults that were not caught or could not be tried, and twins that did not end as they must. */
    List<String> misses() {
        List<String> misses = new ArrayList<>();
        for (Drilled drill : of(drills, Kind.SABOTAGED, Kind.TWIN)) {
            drill.wrong().forEach(wrong -> misses.add(named(drill, wrong)));
            drill.trials().stream()
                    .filter(trial ->
                            trial.result().equals("missed") || trial.result().equals("not tried"))
                    .forEach(trial -> misses.add(named(drill, trial.fault() + ": " + trial.why())));
        }
        return misses.stream().distinct().toList();
    }

    /** Drills in which nothing was broken, and which were not proven. */
    List<String> falseAlarms() {
        return of(drills, Kind.UNDAMAGED).stream()
                .flatMap(drill -> drill.wrong().stream().map(wrong -> named(drill, wrong)))
                .toList();
    }

    private static String named(Drilled drill, String wrong) {
        return drill.drill() + " on " + drill.version() + ", seed " + drill.seed() + ": " + wrong;
    }

    private static List<Drilled> of(Collection<Drilled> drills, Kind... kinds) {
        return drills.stream()
                .filter(drill -> List.of(kinds).contains(drill.kind()))
                .sorted(Comparator.comparing(Drilled::major)
                        .thenComparing(Drilled::drill)
                        .thenComparing(Drilled::seed))
                .toList();
    }

    private void byMajor(List<String> lines) {
        List<List<Drilled>> majors = majors();
        row(lines, "", majors, drills -> drills.stream()
                .map(Drilled::version)
                .filter(version -> !version.isEmpty())
                .findFirst()
                .orElse("?"));
        lines.add("|---|" + "---:|".repeat(majors.size()) + "---:|");
        row(lines, "proofs sabotaged", majors, drills -> count(of(drills, Kind.SABOTAGED)));
        row(lines, "faults caught / injected", majors, drills -> tried(drills, false));
        row(lines, "changes without harm, taken as such / made", majors, drills -> tried(drills, true));
        row(lines, "twins that ended as they must / run", majors, drills -> right(of(drills, Kind.TWIN)));
        row(lines, "undamaged drills", majors, drills -> count(of(drills, Kind.UNDAMAGED)));
        row(
                lines,
                "**false alarms**",
                majors,
                drills -> "**"
                        + of(drills, Kind.UNDAMAGED).stream()
                                .filter(drill -> !drill.wrong().isEmpty())
                                .count()
                        + "**");
        row(lines, "seconds a sabotage, median", majors, drills -> median(of(drills, Kind.SABOTAGED)));
        row(lines, "seconds an undamaged drill, median", majors, drills -> median(of(drills, Kind.UNDAMAGED)));
        lines.add("");
    }

    /** Of the faults, or of the changes without harm: those that came to what they must, of all that were to be tried. */
    private static String tried(List<Drilled> drills, boolean harmless) {
        List<Trial> trials = of(drills, Kind.SABOTAGED).stream()
                .flatMap(drill -> drill.trials().stream())
                .filter(trial -> trial.harmless() == harmless && !trial.result().equals("not applicable"))
                .toList();
        String right = harmless ? "harmless" : "caught";
        return trials.stream().filter(trial -> trial.result().equals(right)).count() + " / " + trials.size();
    }

    private static String count(List<Drilled> drills) {
        return Integer.toString(drills.size());
    }

    private static String right(List<Drilled> drills) {
        return drills.stream().filter(drill -> drill.wrong().isEmpty()).count() + " / " + drills.size();
    }

    private static String median(List<Drilled> drills) {
        List<Double> seconds = drills.stream().map(Drilled::seconds).sorted().toList();
        return seconds.isEmpty() ? "" : String.format(Locale.ROOT, "%.1f", seconds.get(seconds.size() / 2));
    }

    private List<List<Drilled>> majors() {
        TreeMap<Integer, List<Drilled>> majors = new TreeMap<>();
        drills.forEach(drill -> majors.computeIfAbsent(drill.major(), major -> new ArrayList<>())
                .add(drill));
        return List.copyOf(majors.values());
    }

    private void row(
            List<String> lines, String heading, List<List<Drilled>> majors, Function<List<Drilled>, String> cell) {
        String all = heading.isEmpty() ? "all" : heading.startsWith("seconds") ? "" : cell.apply(drills);
        lines.add("| " + heading + " | "
                + String.join(
                        " | ",
                        Stream.concat(majors.stream().map(cell), Stream.of(all)).toList())
                + " |");
    }

    private void byFault(List<String> lines) {
        List<Trial> trials = of(drills, Kind.SABOTAGED).stream()
                .flatMap(drill -> drill.trials().stream())
                .toList();
        lines.add("| fault | caught or without harm | missed | not tried | not applicable |");
        lines.add("|---|---:|---:|---:|---:|");
        for (String fault : new TreeSet<>(trials.stream().map(Trial::fault).toList())) {
            lines.add("| " + fault + " | " + (count(trials, fault, "caught") + count(trials, fault, "harmless")) + " | "
                    + count(trials, fault, "missed") + " | " + count(trials, fault, "not tried") + " | "
                    + count(trials, fault, "not applicable") + " |");
        }
        lines.add("");
    }

    private static long count(List<Trial> trials, String fault, String result) {
        return trials.stream()
                .filter(trial -> trial.fault().equals(fault) && trial.result().equals(result))
                .count();
    }

    private static void list(List<String> lines, String heading, List<String> entries) {
        lines.add("## " + heading);
        lines.add("");
        if (entries.isEmpty()) {
            lines.add("None.");
        }
        entries.forEach(entry -> lines.add("- " + entry));
        lines.add("");
    }
}
