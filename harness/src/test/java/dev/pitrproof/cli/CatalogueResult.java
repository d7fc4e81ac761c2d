package dev.pitrproof.cli;

import dev.pitrproof.drill.Version;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What came of all scenarios on several majors, as a page: a row a scenario, a column a major.
 *
 * @param drills of one run
 */
record CatalogueResult(List<Evidence> drills) {

    private static final Pattern DRILL = Pattern.compile("-pg(\\d+)-\\d+$");

    CatalogueResult {
        drills = List.copyOf(drills);
    }

    /** Why there could be no such drill on this machine: it lacks a program of PostgreSQL's; null if there could. */
    private static @Nullable String notPlayed(Evidence drill) {
        List<Claim> open = drill.claims().stream()
                .filter(claim -> claim.verdict() != Verdict.PROVEN)
                .toList();
        boolean isForWantOfAProgram = drill.verdict() == Verdict.UNPROVEN
                && open.stream().allMatch(claim -> claim.code().equals(FindingCode.ENGINE_CANNOT_JUDGE.name()))
                && open.get(0).claim().equals("dump-restored");
        return drill.asExpected() || !isForWantOfAProgram ? null : open.get(0).found();
    }

    /** Drills that could not be played here, each with the reason. */
    List<String> notPlayed() {
        return drills.stream()
                .filter(drill -> notPlayed(drill) != null)
                .map(drill -> drill.drill() + ": " + notPlayed(drill))
                .toList();
    }

    /** Drills that did not end as they must. */
    List<String> surprises() {
        return drills.stream()
                .filter(drill -> !drill.asExpected() && notPlayed(drill) == null)
                .map(drill ->
                        drill.drill() + ": " + drill.verdict() + " " + codes(drill) + ", expected " + drill.expected())
                .toList();
    }

    private static String codes(Evidence drill) {
        return drill.claims().stream()
                .filter(claim -> claim.verdict() == drill.verdict())
                .map(Claim::code)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static int major(Evidence drill) {
        Matcher matcher = DRILL.matcher(drill.drill());
        if (!matcher.find()) {
            throw new IllegalStateException(drill.drill() + " names no version");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** @param took by the clock on the wall */
    String text(String commit, Duration took) {
        Map<String, Map<Integer, List<Evidence>>> table = drills.stream()
                .collect(Collectors.groupingBy(
                        Evidence::scenario,
                        TreeMap::new,
                        Collectors.groupingBy(CatalogueResult::major, TreeMap::new, Collectors.toList())));
        TreeSet<Integer> majors =
                drills.stream().map(CatalogueResult::major).collect(Collectors.toCollection(TreeSet::new));
        StringBuilder text = new StringBuilder("# The catalogue on every major\n\n")
                .append("Written by `bench/catalogue/run`; what is done is said in `README.md` beside it.\n\n")
                .append(String.format(
                        Locale.ROOT,
                        "%s, pitrproof %s, commit %s, %d processors, %d min %d s.%n%n",
                        LocalDate.now(ZoneOffset.UTC),
                        Version.NUMBER,
                        commit,
                        Runtime.getRuntime().availableProcessors(),
                        took.toMinutes(),
                        took.toSecondsPart()))
                .append(counts(table.size()))
                .append("\n| scenario |");
        majors.forEach(major -> text.append(' ').append(version(major)).append(" |"));
        text.append("\n|---|").append("---:|".repeat(majors.size())).append('\n');
        table.forEach((scenario, byMajor) -> {
            text.append("| ").append(scenario).append(" |");
            majors.forEach(major -> text.append(' ')
                    .append(cell(byMajor.getOrDefault(major, List.of())))
                    .append(" |"));
            text.append('\n');
        });
        text.append("\nA cell says how many of the scenario's drills on that version ended as they must.\n");
        if (!notPlayed().isEmpty()) {
            text.append(
                    "\n## Not played\n\nThe machine lacks what these need. They are UNPROVEN, and no part of the table.\n\n");
            notPlayed().forEach(drill -> text.append("- ").append(drill).append('\n'));
        }
        if (!surprises().isEmpty()) {
            text.append("\n## Not as expected\n\n");
            surprises().forEach(surprise -> text.append("- ").append(surprise).append('\n'));
        }
        return text.toString();
    }

    private String counts(int scenarios) {
        StringBuilder text = new StringBuilder();
        text.append("- scenarios: ").append(scenarios).append('\n');
        text.append("- drills that ended as they must: ")
                .append(drills.size() - surprises().size() - notPlayed().size())
                .append(" of ")
                .append(drills.size() - notPlayed().size())
                .append('\n');
        if (!notPlayed().isEmpty()) {
            text.append("- drills that could not be played here: ")
                    .append(notPlayed().size())
                    .append('\n');
        }
        for (Verdict verdict : Verdict.values()) {
            text.append("- ")
                    .append(verdict)
                    .append(": ")
                    .append(drills.stream()
                            .filter(drill -> drill.verdict() == verdict)
                            .count())
                    .append('\n');
        }
        return text.toString();
    }

    /** As the servers say it, {@code 17.11}. */
    private String version(int major) {
        return drills.stream()
                .filter(drill -> major(drill) == major && drill.postgres() != null)
                .map(drill -> String.valueOf(drill.postgres().version()))
                .findFirst()
                .orElse(Integer.toString(major));
    }

    private static String cell(List<Evidence> all) {
        List<Evidence> drills =
                all.stream().filter(drill -> notPlayed(drill) == null).toList();
        long asExpected = drills.stream().filter(Evidence::asExpected).count();
        String cell = asExpected + " / " + drills.size();
        return drills.isEmpty() ? "–" : asExpected == drills.size() ? cell : "**" + cell + "**";
    }
}
