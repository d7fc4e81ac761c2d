package dev.pitrproof.scenario;

import dev.pitrproof.backup.WalMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code story:}, the list of what happens when. */
final class StoryReader {

    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private static final int INCREMENTAL_SINCE = 17;
    private static final List<String> VERBS = List.of(
            "base-backup",
            "logical-backup",
            "workload",
            "mark",
            "sql",
            "restore-point",
            "switch-wal",
            "checkpoint",
            "archive",
            "accident");

    /** The verbs whose transaction can have a name. */
    private static final List<String> WITH_TRANSACTION = List.of("sql", "accident");

    private static final Pattern RANGE = Pattern.compile("\\s*-\\s*");

    private final Reading reading;
    private final @Nullable StoryClock clock;
    private final @Nullable Source source;
    private final MajorRange postgres;
    private final StoryIndex index = new StoryIndex();
    private final BaseBackupReader backups;
    private final List<Step> steps = new ArrayList<>();
    private final ArchiveReader archive;
    private final AccidentReader accidents;
    private int number;
    private @Nullable StoryTime before;

    /** @param postgres the versions that the story is played on */
    StoryReader(Reading reading, @Nullable StoryClock clock, @Nullable Source source, MajorRange postgres) {
        this.reading = reading;
        this.clock = clock;
        this.source = source;
        this.postgres = postgres;
        this.backups = new BaseBackupReader(reading, source, postgres, index);
        this.archive = new ArchiveReader(reading, index);
        this.accidents = new AccidentReader(reading, source, index, archive, this::transaction);
    }

    StoryIndex index() {
        return index;
    }

    List<Step> read(Section scenario) {
        List<Node> nodes = scenario.list("story", "step");
        if (nodes == null || nodes.isEmpty()) {
            index.miss();
            return steps;
        }
        for (Node node : nodes) {
            Section section = Section.read(reading, node, Shape.STEP);
            Step step = section == null ? null : step(section);
            if (step != null) {
                steps.add(step);
            }
            if (section == null || section.hasForeignKeys()) {
                index.miss();
            }
            number++;
        }
        archive.end();
        if (index.isWhole() && index.logical().containsAll(index.backups().keySet())) {
            reading.problem(
                    scenario.keyPosition("story"),
                    "story has no base-backup, expected at least one",
                    "begin it with - at: \"00:00\" and base-backup: { label: nightly }");
        }
        return steps;
    }

    private @Nullable Step step(Section section) {
        List<String> verbs = section.keys().stream().filter(VERBS::contains).toList();
        if (verbs.size() > 1) {
            reading.problem(
                    section.keyPosition(verbs.get(1)),
                    "found a second verb " + Wording.quoted(verbs.get(1)) + " in a step, expected one",
                    "give it a step of its own; steps at the same time run in the order of the file");
            index.miss();
        } else if (verbs.isEmpty() && !section.hasForeignKeys()) {
            reading.problem(section.position(), "step does nothing, expected " + Wording.anyOf(VERBS), null);
        }
        if (verbs.isEmpty()) {
            return null;
        }
        String verb = verbs.get(0);
        if (section.has("as") && !WITH_TRANSACTION.contains(verb)) {
            reading.problem(
                    section.keyPosition("as"),
                    "found \"as\" with " + verb + ", expected it with sql or an accident's sql",
                    "a transaction gets its name with the SQL that it runs");
        }
        return verb.equals("workload") ? workload(section) : at(section, verb);
    }

    private @Nullable Step at(Section section, String verb) {
        checkTimeKey(section, verb, "at", "during", "at: \"14:00\"");
        StoryTime at = reading.parsed(section.scalar("at"), StoryTime::parse);
        checkTime(at, section.valuePosition("at"));
        return switch (verb) {
            case "base-backup" -> baseBackup(section, at);
            case "logical-backup" -> logicalBackup(section, at);
            case "mark" -> mark(section, at);
            case "sql" -> {
                Text sql = section.text("sql");
                Text as = transaction(section, at);
                yield at == null || sql == null
                        ? null
                        : new Step.Sql(section.position(), at, sql.value(), as == null ? null : as.value());
            }
            case "restore-point" -> restorePoint(section, at);
            case "switch-wal" ->
                isTrue(reading, section, verb) && at != null ? new Step.SwitchWal(section.position(), at) : null;
            case "checkpoint" ->
                isTrue(reading, section, verb) && at != null ? new Step.Checkpoint(section.position(), at) : null;
            case "archive" -> {
                checkArchive(section, verb, "an archive step");
                yield archive.step(section, at);
            }
            default -> accidents.step(section, at);
        };
    }

    private void checkArchive(Section section, String verb, String what) {
        if (source != null && source.archive() == ArchiveMethod.NONE) {
            reading.problem(
                    section.keyPosition(verb),
                    "found " + what + ", but the source archives nothing: expected archive: command or receiver"
                            + " under source:",
                    null);
        }
    }

    /** Whether a key says {@code true}, the only value that it may have. */
    static boolean isTrue(Reading reading, Section section, String key) {
        return Boolean.TRUE.equals(reading.parsed(section.scalar(key), oneOf(key, Map.of("true", true))));
    }

    private @Nullable Text transaction(Section section, @Nullable StoryTime at) {
        if (!section.has("as")) {
            return null;
        }
        Text as = named(section.text("as"), "as");
        if (as == null) {
            index.miss();
        } else {
            register(index.transactions(), as, at, "transaction");
        }
        return as;
    }

    private @Nullable Step restorePoint(Section section, @Nullable StoryTime at) {
        Text name = named(section.text("restore-point"), "restore-point");
        if (name == null) {
            index.miss();
            return null;
        }
        register(index.restorePoints(), name, at, "restore point");
        return at == null ? null : new Step.RestorePoint(section.position(), at, name.value());
    }

    private @Nullable Step baseBackup(Section section, @Nullable StoryTime at) {
        Section backup = section.section("base-backup", Shape.BASE_BACKUP);
        Text label = backup == null ? null : named(backup.text("label"), "label");
        if (backup == null || label == null) {
            index.miss();
            return null;
        }
        BackupOptions options = backups.read(backup, label);
        checkWait(options, backup);
        String incrementalTo = earlier(backup.text("incremental"));
        register(index.backups(), label, at, "label");
        Text failsWith = backup.text("fails-with");
        if (failsWith != null) {
            index.failing().add(label.value());
        }
        return at == null
                ? null
                : new Step.BaseBackup(
                        section.position(),
                        at,
                        label.value(),
                        options,
                        incrementalTo,
                        failsWith == null ? null : failsWith.value());
    }

    /** A server that archives ends a backup without WAL only when its archive has it (manual, BASE_BACKUP, WAIT). */
    private void checkWait(BackupOptions options, Section backup) {
        Position held = archive.heldSince();
        if (held != null
                && options.wal() == WalMethod.NONE
                && !options.fromStandby()
                && source != null
                && source.archive() == ArchiveMethod.COMMAND) {
            reading.problem(
                    backup.valuePosition("wal"),
                    "a backup without its WAL ends when that is archived, and the archive is held: expected archive: resume"
                            + " before",
                    "it is held from line " + held.line() + " on; with wal: stream the backup need not wait");
        }
    }

    private @Nullable Step logicalBackup(Section section, @Nullable StoryTime at) {
        Section backup = section.section("logical-backup", Shape.LOGICAL_BACKUP);
        Text label = backup == null ? null : named(backup.text("label"), "label");
        if (label == null) {
            index.miss();
            return null;
        }
        checkArchive(section, "logical-backup", "a logical backup, whose loss the WAL tells");
        if (!index.backups().containsKey(label.value())) {
            index.logical().add(label.value());
        }
        register(index.backups(), label, at, "label");
        return at == null ? null : new Step.LogicalBackup(section.position(), at, label.value());
    }

    /** The backup that another one is incremental to, which must have been taken before. */
    private @Nullable String earlier(@Nullable Text label) {
        if (label == null) {
            return null;
        }
        if (index.logical().contains(label.value())) {
            reading.problem(
                    label.position(),
                    "found the logical backup " + Wording.quoted(label.value())
                            + " in incremental, expected the label of an earlier base-backup",
                    "a dump has no pages that could have changed since");
        } else if (!index.backups().containsKey(label.value()) && index.isWhole()) {
            reading.problem(
                    label.position(),
                    "unknown backup label " + Wording.quoted(label.value())
                            + " in incremental, expected that of an earlier backup",
                    "incremental: names the backup to which only what has changed since is added");
        }
        if (postgres.first() < INCREMENTAL_SINCE) {
            reading.problem(
                    label.position(),
                    "found an incremental backup with PostgreSQL " + postgres.first() + ", expected "
                            + INCREMENTAL_SINCE + " or newer",
                    "write postgres: " + INCREMENTAL_SINCE + "-" + MajorRange.SUPPORTED.last());
        }
        return label.value();
    }

    private @Nullable Step mark(Section section, @Nullable StoryTime at) {
        Text name = named(section.text("mark"), "mark");
        if (name == null) {
            index.miss();
            return null;
        }
        register(index.marks(), name, at, "mark");
        return at == null ? null : new Step.Mark(section.position(), at, name.value());
    }

    private @Nullable Step workload(Section section) {
        checkTimeKey(section, "workload", "during", "at", "during: \"00:05-14:05\"");
        StoryTime[] range = reading.parsed(section.scalar("during"), StoryReader::range);
        checkTime(range == null ? null : range[0], section.valuePosition("during"));
        if (range != null && clock != null && clock.contains(range[0]) && !clock.contains(range[1])) {
            outside(range[1], section.valuePosition("during"));
        }
        Section workload = section.section("workload", Shape.WORKLOAD);
        if (workload == null) {
            return null;
        }
        WorkloadReader.Work work = new WorkloadReader(reading, source).read(workload);
        return range == null || work == null
                ? null
                : new Step.Workload(section.position(), range[0], range[1], work.kind(), work.on(), work.rate());
    }

    private void checkTimeKey(Section section, String verb, String wanted, String other, String example) {
        if (section.has(other)) {
            reading.problem(
                    section.keyPosition(other),
                    "found " + Wording.quoted(other) + " with " + verb + ", expected " + Wording.quoted(wanted),
                    "write " + example);
        } else if (!section.has(wanted) && !section.hasForeignKeys()) {
            reading.problem(
                    section.position(),
                    "missing key " + Wording.quoted(wanted) + " in a step",
                    "add it, for example " + example);
        }
    }

    private void checkTime(@Nullable StoryTime at, Position position) {
        if (at == null) {
            return;
        }
        if (clock != null && !clock.contains(at)) {
            outside(at, position);
        } else if (before != null && at.isBefore(before)) {
            reading.problem(
                    position,
                    at + " is earlier than the step before it at " + before + ", expected times that never go back",
                    "put the step where its time belongs; the day after the first is written \"1d 02:00\"");
        }
        if (before == null || at.isAfter(before)) {
            before = at;
        }
    }

    private void outside(StoryTime time, Position position) {
        if (clock != null) {
            reading.problem(
                    position,
                    time + " is outside the clock, expected " + clock.from() + " to " + clock.to(),
                    "set from: and to: under clock: so that the whole story fits");
        }
    }

    private void register(Map<String, StoryIndex.Named> names, Text name, @Nullable StoryTime at, String what) {
        StoryIndex.Named first = names.putIfAbsent(name.value(), new StoryIndex.Named(name.position(), at, number));
        if (first != null) {
            reading.problem(
                    name.position(),
                    what + " " + Wording.quoted(name.value()) + " is taken, expected another name",
                    "the first is in line " + first.position().line());
        }
    }

    private @Nullable Text named(@Nullable Text text, String what) {
        if (text == null || NAME.matcher(text.value()).matches()) {
            return text;
        }
        reading.problem(
                text.position(),
                what + " is " + Wording.quoted(text.value())
                        + ", expected letters, digits, \".\", \"_\" and \"-\", at most 63 of them",
                null);
        return null;
    }

    /** A parser that accepts the names in {@code choices} alone. */
    static <T> Function<String, T> oneOf(String key, Map<String, T> choices) {
        return text -> {
            T value = choices.get(text);
            if (value == null) {
                throw new IllegalArgumentException(key + " is " + Wording.quoted(text) + ", expected "
                        + Wording.anyOf(choices.keySet().stream().sorted().toList()));
            }
            return value;
        };
    }

    private static StoryTime[] range(String text) {
        String[] ends = RANGE.split(text, -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException(
                    Wording.quoted(text) + " is not a range of story times: expected one like \"00:05-14:05\"");
        }
        StoryTime from = StoryTime.parse(ends[0]);
        StoryTime to = StoryTime.parse(ends[1]);
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("range goes from " + from + " to " + to + ": expected a later end");
        }
        return new StoryTime[] {from, to};
    }
}
