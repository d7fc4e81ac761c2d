package dev.pitrproof.scenario;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.StringEscapeUtils;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** How messages quote what they found, list what they expected and guess what was meant. */
public final class Wording {

    private static final int SHOWN_CHARACTERS_MAX = 60;

    /** Comparing each of many names with each of many others would take minutes. */
    private static final int GUESSES_MAX = 500;

    private static final Map<String, String> EXAMPLES = Map.ofEntries(
            Map.entry("scenario", "scenario: dropped-table"),
            Map.entry("clock", "clock: { from: \"00:00\", to: \"14:05\", lasts: 3s }"),
            Map.entry("source", "source: { archive: command }"),
            Map.entry("from", "from: nightly"),
            Map.entry("to", "to: { time: \"13:59\" }"),
            Map.entry("prove", "prove: [target-reached]"),
            Map.entry("expect", "expect: REFUTED DATA_DIFFERS"),
            Map.entry("story", "story: [{ at: \"00:00\", base-backup: { label: nightly } }]"),
            Map.entry("restore", "restore: [{ from: nightly, to: { time: \"13:59\" }, prove: [target-reached] }]"),
            Map.entry("at", "at: \"14:00\""),
            Map.entry("during", "during: \"00:05-14:05\""),
            Map.entry("postgres", "postgres: 17"),
            Map.entry("table-exists", "table-exists: accounts"),
            Map.entry("table-absent", "table-absent: accounts"),
            Map.entry("time", "time: \"13:59\""),
            Map.entry("immediate", "immediate: true"),
            Map.entry("latest", "latest: true"),
            Map.entry("base-backup", "base-backup: { label: nightly }"),
            Map.entry("workload", "workload: { kind: ledger, rate: 200/s }"),
            Map.entry("accident", "accident: { sql: DROP TABLE accounts }"),
            Map.entry("query", "query: { sql: SELECT count(*) FROM accounts, equals: 1000 }"),
            Map.entry("same-as", "same-as: { mark: last-good, table: accounts }"),
            Map.entry("cluster-same-as", "cluster-same-as: { mark: last-good }"),
            Map.entry("sweep", "sweep: { sample: 20 }"),
            Map.entry("a role", "{ name: backup, replication: true }"),
            Map.entry("lasts", "lasts: 3s"),
            Map.entry("archive", "archive: command"),
            Map.entry("label", "label: nightly"),
            Map.entry("kind", "kind: ledger"),
            Map.entry("rate", "rate: 200/s"),
            Map.entry("name", "name: backup"),
            Map.entry("roles", "roles: [{ name: backup, replication: true }]"),
            Map.entry("tablespaces", "tablespaces: [fast]"),
            Map.entry("logical-backup", "logical-backup: { label: last-night }"),
            Map.entry("fails-with", "fails-with: is not empty"),
            Map.entry("room", "room: 4MB"),
            Map.entry("lose", "lose: current"),
            Map.entry("corrupt", "corrupt: current"),
            Map.entry("delay", "delay: 5m"),
            Map.entry("kill", "kill: source"),
            Map.entry("restart", "restart: source"),
            Map.entry("promote", "promote: standby"),
            Map.entry("lose-tablespace", "lose-tablespace: fast"),
            Map.entry("fill-disk", "fill-disk: archive"),
            Map.entry("as", "as: the-drop"),
            Map.entry("restore-point", "restore-point: before-deployment"),
            Map.entry("switch-wal", "switch-wal: true"),
            Map.entry("checkpoint", "checkpoint: true"),
            Map.entry("mark", "mark: last-good"),
            Map.entry("table", "table: accounts"),
            Map.entry("sql", "sql: SELECT count(*) FROM accounts"),
            Map.entry("structure", "structure: sound"),
            Map.entry("page-checksums", "page-checksums: sound"),
            Map.entry("sequences", "sequences: not-behind"),
            Map.entry("prepared-transactions", "prepared-transactions: []"),
            Map.entry("with", "with: { archiving: as-in-backup }"),
            Map.entry("archiving", "archiving: as-in-backup"),
            Map.entry("clock-shows-it-again", "clock-shows-it-again: \"03:29\""),
            Map.entry("every", "every: commit"),
            Map.entry("sample", "sample: 20"),
            Map.entry("equals", "equals: 1000"));

    private Wording() {}

    /** In quotes, on one line, not longer than a reader wants. */
    static String quoted(String text) {
        String shown = text.codePointCount(0, text.length()) <= SHOWN_CHARACTERS_MAX
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN_CHARACTERS_MAX)) + "…";
        StringBuilder line = new StringBuilder("\"");
        shown.codePoints().forEach(character -> {
            if (Character.isISOControl(character)) {
                line.append(StringEscapeUtils.escapeJava(Character.toString(character)));
            } else {
                line.appendCodePoint(character);
            }
        });
        return line.append('"').toString();
    }

    /** What an exception says, without line breaks or a stack trace. */
    static String oneLine(Exception exception) {
        String message = exception.getMessage();
        return oneLine(message == null ? exception.getClass().getSimpleName() : message);
    }

    static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** {@code a, b or c}. */
    static String anyOf(Collection<String> choices) {
        List<String> list = List.copyOf(choices);
        int last = list.size() - 1;
        return last < 1 ? String.join("", list) : String.join(", ", list.subList(0, last)) + " or " + list.get(last);
    }

    /** {@code did you mean "label"}, if one of the known names is near enough. */
    public static @Nullable String didYouMean(String found, Collection<String> known) {
        return nearest(found, known).map(name -> "did you mean " + quoted(name)).orElse(null);
    }

    /** The known name that is a slip of the keyboard away. */
    static Optional<String> nearest(String found, Collection<String> known) {
        if (found.length() > SHOWN_CHARACTERS_MAX || known.size() > GUESSES_MAX) {
            return Optional.empty();
        }
        String lower = found.toLowerCase(Locale.ROOT);
        int distanceMax = Math.max(1, Math.min(3, (found.length() + 1) / 2));
        LevenshteinDistance distance = new LevenshteinDistance(distanceMax);
        String best = null;
        int bestDistance = distanceMax + 1;
        for (String name : known) {
            int apart = distance.apply(lower, name.toLowerCase(Locale.ROOT));
            // a name of which no letter is left is nobody's guess
            if (apart >= 0 && apart < bestDistance && apart < name.length()) {
                best = name;
                bestDistance = apart;
            }
        }
        return Optional.ofNullable(best);
    }

    /** How a key may be written that is there, with a value of another kind. */
    static @Nullable String forExample(String key) {
        String example = EXAMPLES.get(key);
        return example == null ? null : "write it as in " + example;
    }

    /** How a missing key may be written. */
    static @Nullable String exampleOf(String key) {
        String example = EXAMPLES.get(key);
        return example == null ? null : "add it, for example " + example;
    }
}
