package dev.pitrproof.drill;

import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.XidStatuses.Status;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The restored cluster's answers as JSON Lines: {@code when} (paused or promoted), {@code question}, for a transaction
 * its {@code xid}, and {@code answer}. From these and the archive the verdict can be computed again.
 */
final class WitnessLines {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Writer out;

    private WitnessLines(Writer out) {
        this.out = out;
    }

    /** Writes what was asked; nothing at all if the restore did not come to it. */
    static void write(Path file, DrillFacts facts) throws IOException {
        if (facts.paused().isEmpty()) {
            return;
        }
        try (Writer out = Files.newBufferedWriter(file)) {
            WitnessLines lines = new WitnessLines(out);
            lines.paused(facts.paused().get());
            if (facts.promoted().isPresent()) {
                lines.promoted(facts.promoted().get());
            }
        }
    }

    private void paused(PausedAnswers answers) throws IOException {
        line("paused", "pg_is_in_recovery()", null, answers.inRecovery());
        line("paused", "pg_get_wal_replay_pause_state() = 'paused'", null, answers.paused());
        line("paused", "pg_last_wal_replay_lsn()", null, answers.replayLsn());
        line("paused", "pg_last_xact_replay_timestamp()", null, answers.lastReplayTime());
        line("paused", "system_identifier", null, Long.toUnsignedString(answers.systemIdentifier()));
        line("paused", "timeline_id", null, answers.controlTimeline());
        line(
                "paused",
                "pg_snapshot_xmax(pg_current_snapshot())",
                null,
                answers.statuses().end());
        for (Map.Entry<String, String> setting : answers.told().settings().entrySet()) {
            line("paused", "setting " + setting.getKey(), null, setting.getValue());
        }
        for (Map.Entry<Long, Status> status : answers.statuses().answers().entrySet()) {
            line("paused", "pg_xact_status", status.getKey(), inWords(status.getValue()));
        }
    }

    private static @Nullable String inWords(Status status) {
        return status == Status.UNKNOWN
                ? null
                : status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void promoted(PromotedAnswers answers) throws IOException {
        line("promoted", "pg_is_in_recovery()", null, answers.inRecovery());
        line("promoted", "timeline_id", null, answers.timeline());
        if (answers.history() != null) {
            for (var step : answers.history().ancestry()) {
                line(
                        "promoted",
                        answers.timeline().historyFileName(),
                        null,
                        step.parent() + " " + step.switchpoint() + " " + step.reason());
            }
        }
    }

    private void line(String when, String question, @Nullable Long xid, @Nullable Object answer) throws IOException {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("when", when);
        line.put("question", question);
        if (xid != null) {
            line.put("xid", xid);
        }
        line.put(
                "answer",
                answer == null || answer instanceof Boolean || answer instanceof Long ? answer : answer.toString());
        out.write(JSON.writeValueAsString(line));
        out.write('\n');
    }
}
