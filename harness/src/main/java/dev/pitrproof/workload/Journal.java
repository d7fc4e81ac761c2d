package dev.pitrproof.workload;

import dev.pitrproof.workload.JournalEntry.Outcome;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What the client was told about each of its transactions, in the order in which it asked. Safe for several threads. */
public final class Journal {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<JournalEntry> entries = new ArrayList<>();
    private long numbers;

    /** The number for the next entry. */
    synchronized long nextNumber() {
        return ++numbers;
    }

    synchronized void add(JournalEntry entry) {
        entries.add(entry);
    }

    /** A copy of what was recorded so far. */
    public synchronized List<JournalEntry> entries() {
        return List.copyOf(entries);
    }

    /** How many entries ended so. */
    public synchronized long count(Outcome outcome) {
        return entries.stream().filter(entry -> entry.outcome() == outcome).count();
    }

    /** Writes one JSON object a line: number, outcome, timeline, xid, before, after, started, ended, refusal. */
    public void writeTo(Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            for (JournalEntry entry : entries()) {
                out.write(JSON.writeValueAsString(asMap(entry)));
                out.write('\n');
            }
        }
    }

    private static Map<String, Object> asMap(JournalEntry entry) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("number", entry.number());
        map.put("outcome", entry.outcome().name());
        map.put("timeline", entry.timeline().value());
        if (entry.xid() != null) {
            map.put("xid", entry.xid());
        }
        if (entry.before() != null) {
            map.put("before", entry.before().toString());
        }
        if (entry.after() != null) {
            map.put("after", entry.after().toString());
        }
        map.put("started", entry.started().toString());
        map.put("ended", entry.ended().toString());
        if (entry.refusal() != null) {
            map.put("refusal", entry.refusal());
        }
        return map;
    }
}
