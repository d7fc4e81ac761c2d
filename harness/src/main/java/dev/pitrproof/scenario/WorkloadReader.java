package dev.pitrproof.scenario;

import dev.pitrproof.workload.WorkKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a {@code workload:}. */
final class WorkloadReader {

    private static final Pattern RATE = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)/s");

    /**
     * What is to be done.
     *
     * @param rate transactions a second; zero for none
     */
    record Work(WorkKind kind, @Nullable String on, double rate) {}

    private final Reading reading;
    private final @Nullable Source source;

    /** @param source null if it could not be read; then nothing is compared with it */
    WorkloadReader(Reading reading, @Nullable Source source) {
        this.reading = reading;
        this.source = source;
    }

    @Nullable
    Work read(Section workload) {
        Map<String, WorkKind> kinds = new LinkedHashMap<>();
        for (WorkKind kind : WorkKind.values()) {
            kinds.put(kind.word(), kind);
        }
        WorkKind kind = reading.parsed(workload.text("kind"), StoryReader.oneOf("kind", kinds));
        Double rate = reading.parsed(workload.scalar("rate"), WorkloadReader::rate);
        Text on = workload.text("on");
        if (kind != null) {
            checkOn(workload, kind);
            checkRate(workload, kind);
            checkServer(workload, kind);
        }
        return kind == null ? null : new Work(kind, on == null ? null : on.value(), rate == null ? 0 : rate);
    }

    private void checkOn(Section workload, WorkKind kind) {
        if (kind == WorkKind.TRANSFERS) {
            if (!workload.has("on") && !workload.hasForeignKeys()) {
                reading.problem(
                        workload.position(),
                        "missing key \"on\" in workload",
                        "name the table, for example on: accounts");
            }
        } else if (workload.has("on")) {
            reading.problem(
                    workload.keyPosition("on"),
                    "found \"on\" in a " + kind.word() + " workload, expected none",
                    kind == WorkKind.LEDGER
                            ? "the ledger is a table of its own; kind: transfers works on yours"
                            : "it has tables of its own; kind: transfers works on yours");
        }
    }

    private void checkRate(Section workload, WorkKind kind) {
        if (kind == WorkKind.IDLE) {
            if (workload.has("rate")) {
                reading.problem(
                        workload.keyPosition("rate"),
                        "found \"rate\" in an idle workload, expected none",
                        "an idle client is connected and commits nothing");
            }
        } else if (!workload.has("rate") && !workload.hasForeignKeys()) {
            reading.problem(workload.position(), "missing key \"rate\" in workload", Wording.exampleOf("rate"));
        }
    }

    /** A server lets nobody prepare transactions unless it is told how many. */
    private void checkServer(Section workload, WorkKind kind) {
        if (kind == WorkKind.TWO_PHASE
                && source != null
                && source.parameters()
                        .getOrDefault("max_prepared_transactions", "0")
                        .matches("0*[01]?")) {
            reading.problem(
                    workload.valuePosition("kind"),
                    "two-phase workload on a source where no two transactions can be prepared, expected"
                            + " max_prepared_transactions of at least 2",
                    "add parameters: { max_prepared_transactions: 5 } under source:");
        }
    }

    private static double rate(String text) {
        Matcher matcher = RATE.matcher(text);
        double rate = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
        if (rate == 0) {
            throw new IllegalArgumentException(Wording.quoted(text)
                    + " is not a rate: expected transactions in a second of real time, such as 200/s");
        }
        return rate;
    }
}
