package dev.pitrproof.lab;

import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.drill.Rehearsal;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the drills of this lesson showed, by names such as {@code 1.code}: the number is the restore's. */
final class Facts {

    private static final Pattern NAME = Pattern.compile("\\$\\{([^}]+)\\}");

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Map<String, String> values = new TreeMap<>();

    /** What the evidence of one restore says. */
    void add(int number, Evidence evidence) {
        String restore = number + ".";
        values.put(restore + "verdict", evidence.verdict().toString());
        Claim reason = reason(evidence);
        values.put(restore + "code", reason == null ? "" : reason.code());
        values.put(restore + "reason", reason == null ? "" : reason.claim() + ": " + reason.found());
        values.put(restore + "hint", reason == null || reason.hint() == null ? "" : reason.hint());
        addTarget(restore, evidence);
        if (evidence.backup() != null) {
            Lsn start = Lsn.parse(evidence.backup().startLsn());
            Lsn stop = Lsn.parse(evidence.backup().stopLsn());
            values.put("backup.start", start.toString());
            values.put("backup.stop", stop.toString());
            values.put("backup.needs", String.format(Locale.ROOT, "%,d", stop.minus(start)));
            values.put(
                    "backup.mb",
                    String.format(Locale.ROOT, "%.1f", evidence.backup().bytes() / 1e6));
            values.put(
                    "backup.seconds",
                    String.format(Locale.ROOT, "%.1f", evidence.backup().seconds()));
        }
        if (evidence.archive() != null) {
            values.put("archive.segments", Integer.toString(evidence.archive().segments()));
            values.put("archive.first", evidence.archive().firstLsn());
            values.put("archive.last", evidence.archive().lastLsn());
        }
        if (evidence.story() != null) {
            addStory(evidence.story());
        }
    }

    private static @Nullable Claim reason(Evidence evidence) {
        return evidence.claims().stream()
                .filter(claim -> claim.verdict() == evidence.verdict())
                .min(Comparator.comparing(claim -> !claim.claim().equals("target-reached")))
                .orElse(null);
    }

    private void addTarget(String restore, Evidence evidence) {
        if (evidence.target() != null && evidence.target().kind().equals("time")) {
            values.put("when", evidence.target().value());
            values.put(
                    restore + "target",
                    CLOCK.format(Instant.parse(evidence.target().value())) + " UTC");
        }
        if (evidence.oracle() != null) {
            values.put(restore + "committed", Integer.toString(evidence.oracle().committed()));
            values.put(
                    restore + "not-committed",
                    Integer.toString(evidence.oracle().notCommitted()));
            values.put(restore + "A", record(evidence.oracle().lastApplied()));
            values.put(restore + "N", record(evidence.oracle().firstNotApplied()));
            RecordRef last = evidence.oracle().lastApplied();
            values.put(
                    restore + "A.xid",
                    last == null || last.xid() == null ? "none" : last.xid().toString());
        }
        if (evidence.witnesses() != null) {
            values.put(restore + "replayed", String.valueOf(evidence.witnesses().replayLsn()));
            values.put(restore + "asked", Long.toString(evidence.witnesses().xidsAsked()));
            values.put(restore + "agreeing", Long.toString(evidence.witnesses().xidsAgreeing()));
            values.put(restore + "branch", String.valueOf(evidence.witnesses().historySwitchLsn()));
        }
        if (evidence.objectives() != null && evidence.objectives().rto() != null) {
            values.put(
                    restore + "rto",
                    String.format(
                            Locale.ROOT, "%.1f", evidence.objectives().rto().measured()));
        }
        if (evidence.objectives() != null && evidence.objectives().rpo() != null) {
            values.put(
                    restore + "lost", Long.toString(evidence.objectives().rpo().acknowledgedCommitsLostTotal()));
        }
    }

    private static String record(@Nullable RecordRef record) {
        return record == null
                ? "nothing"
                : "the " + record.kind() + (record.xid() == null ? "" : " of xid " + record.xid())
                        + (record.time() == null ? "" : " at " + CLOCK.format(record.time())) + ", LSN " + record.lsn();
    }

    private void addStory(Story story) {
        for (Story.Moment moment : story.moments()) {
            String name = moment.kind();
            if (moment.serverTime() != null) {
                values.putIfAbsent(name + ".time", CLOCK.format(moment.serverTime()));
            }
            values.putIfAbsent(name + ".lsn", String.valueOf(moment.lsn()));
            values.putIfAbsent(name + ".text", moment.text());
        }
        values.put(
                "commits",
                Integer.toString(story.commits().stream()
                        .mapToInt(Story.CommitBucket::commits)
                        .sum()));
    }

    /** What lies in the backup's directory and in the archive. */
    void add(Rehearsal place) throws IOException {
        String label = Files.readString(place.backup().resolve(BackupLabel.FILE_NAME));
        values.put("backup.label", indented(label.lines().limit(5)));
        try (Stream<Path> files = Files.list(place.backup())) {
            values.put(
                    "backup.files",
                    files.map(file -> file.getFileName() + (Files.isDirectory(file) ? "/" : ""))
                            .sorted()
                            .collect(Collectors.joining(" ")));
        }
        try (Stream<Path> files = Files.list(place.archive())) {
            List<String> names = files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
            values.put("archive.files", indented(names.stream()));
            values.put("archive.count", Integer.toString(names.size()));
        }
    }

    private static String indented(Stream<String> lines) {
        return lines.map(line -> "    " + line).collect(Collectors.joining("\n"));
    }

    void add(Rehearsal.Result result, String name) {
        values.put(name + ".verdict", result.verdict().toString());
        values.put(name + ".code", result.why());
    }

    /** @throws IllegalStateException if no drill of the lesson told that */
    String get(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("the lesson asks for " + name + ", expected one of " + values.keySet());
        }
        return value;
    }

    /** Whether all names in a text are known by now. */
    boolean know(String text) {
        return NAME.matcher(text).results().allMatch(name -> values.containsKey(name.group(1)));
    }

    /** A text with its names filled in. */
    String fill(String text) {
        Matcher names = NAME.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (names.find()) {
            names.appendReplacement(filled, Matcher.quoteReplacement(get(names.group(1))));
        }
        return names.appendTail(filled).toString();
    }
}
