package dev.pitrproof.drill;

import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.ToldTarget;
import dev.pitrproof.proof.XidStatuses;
import dev.pitrproof.proof.XidStatuses.Status;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.workload.JournalEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a restored cluster answered and what the clients were told, as {@link WitnessLines} and the journal wrote it down.
 *
 * @param promoted null if it was not asked after a promotion
 */
record RecordedAnswers(PausedAnswers paused, @Nullable PromotedAnswers promoted) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String STATUS = "pg_xact_status";
    private static final String HISTORY = ".history";

    /**
     * Reads the answers.
     *
     * @throws IOException with a user's message if the file is not what {@link WitnessLines} writes
     */
    static RecordedAnswers read(Path file) throws IOException {
        Map<String, JsonNode> paused = new HashMap<>();
        Map<String, JsonNode> promoted = new HashMap<>();
        Map<Long, Status> statuses = new TreeMap<>();
        StringBuilder history = new StringBuilder();
        try (Stream<String> lines = Files.lines(file)) {
            for (String line : (Iterable<String>) lines::iterator) {
                JsonNode node = JSON.readTree(line);
                String question = node.required("question").asString();
                JsonNode answer = node.required("answer");
                if (question.equals(STATUS)) {
                    statuses.put(
                            node.required("xid").asLong(),
                            Status.of(answer.isNull() ? null : answer.asString().replace('_', ' ')));
                } else if (question.endsWith(HISTORY)) {
                    history.append(answer.asString().replaceFirst(" ", "\t").replaceFirst(" ", "\t"))
                            .append('\n');
                } else {
                    (node.required("when").asString().equals("paused") ? paused : promoted).put(question, answer);
                }
            }
            return new RecordedAnswers(
                    paused(paused, statuses), promoted.isEmpty() ? null : promoted(promoted, history.toString()));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new IOException("file \"" + file + "\" is not what a drill wrote: " + reason, e);
        }
    }

    private static PausedAnswers paused(Map<String, JsonNode> answers, Map<Long, Status> statuses) {
        JsonNode replayed = answer(answers, "pg_last_wal_replay_lsn()");
        JsonNode time = answer(answers, "pg_last_xact_replay_timestamp()");
        long end = answer(answers, "pg_snapshot_xmax(pg_current_snapshot())").asLong();
        long first = statuses.keySet().stream().findFirst().orElse(end);
        return new PausedAnswers(
                answer(answers, "pg_is_in_recovery()").asBoolean(),
                answer(answers, "pg_get_wal_replay_pause_state() = 'paused'").asBoolean(),
                replayed.isNull() ? null : Lsn.parse(replayed.asString()),
                time.isNull() ? null : Instant.parse(time.asString()),
                Long.parseUnsignedLong(answer(answers, "system_identifier").asString()),
                TimelineId.parse(answer(answers, "timeline_id").asString()),
                new XidStatuses(first, end, statuses),
                ToldTarget.NOTHING);
    }

    private static PromotedAnswers promoted(Map<String, JsonNode> answers, String history) {
        TimelineId timeline = TimelineId.parse(answer(answers, "timeline_id").asString());
        return new PromotedAnswers(
                answer(answers, "pg_is_in_recovery()").asBoolean(),
                timeline,
                history.isEmpty() ? null : TimelineHistory.parse(timeline, history));
    }

    private static JsonNode answer(Map<String, JsonNode> answers, String question) {
        JsonNode answer = answers.get(question);
        if (answer == null) {
            throw new NoSuchElementException("it has no answer to " + question);
        }
        return answer;
    }

    /**
     * Reads what a journal says of a way through the timelines.
     *
     * @throws IOException with a user's message if the file is no journal
     */
    static JournalSummary journal(Path file, TimelineHistory path) throws IOException {
        return StoryFacts.summary(entries(file), path);
    }

    /**
     * The newest timeline that a journal knows.
     *
     * @throws IOException with a user's message if the file is no journal
     */
    static TimelineId lastTimeline(Path file) throws IOException {
        return entries(file).stream()
                .map(JournalEntry::timeline)
                .max(Comparator.naturalOrder())
                .orElse(TimelineId.FIRST);
    }

    private static List<JournalEntry> entries(Path file) throws IOException {
        List<JournalEntry> entries = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file)) {
            for (String line : (Iterable<String>) lines::iterator) {
                entries.add(entry(JSON.readTree(line)));
            }
            return entries;
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IOException(
                    "file \"" + file + "\" is no journal of a drill: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }

    /** As much of it as a summary needs; the first journals knew one timeline only. */
    private static JournalEntry entry(JsonNode entry) {
        return new JournalEntry(
                0,
                JournalEntry.Outcome.valueOf(entry.required("outcome").asString()),
                entry.has("timeline")
                        ? new TimelineId(entry.required("timeline").asInt())
                        : TimelineId.FIRST,
                entry.has("xid") ? entry.required("xid").asLong() : null,
                position(entry, "before"),
                position(entry, "after"),
                Instant.EPOCH,
                Instant.EPOCH,
                null);
    }

    private static @Nullable Lsn position(JsonNode entry, String key) {
        return entry.has(key) ? Lsn.parse(entry.required(key).asString()) : null;
    }
}
