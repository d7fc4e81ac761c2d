package dev.pitrproof.scenario;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the steps with {@code accident:}, what goes wrong on the source. */
final class AccidentReader {

    /** Reads the name that a step gives to its transaction. */
    interface Transactions {
        @Nullable
        Text name(Section step, @Nullable StoryTime at);
    }

    private final Reading reading;
    private final @Nullable Source source;
    private final StoryIndex index;
    private final ArchiveReader archive;
    private final Transactions transactions;

    /** @param source null if it could not be read; then nothing is compared with it */
    AccidentReader(
            Reading reading,
            @Nullable Source source,
            StoryIndex index,
            ArchiveReader archive,
            Transactions transactions) {
        this.reading = reading;
        this.source = source;
        this.index = index;
        this.archive = archive;
        this.transactions = transactions;
    }

    @Nullable
    Step step(Section section, @Nullable StoryTime at) {
        Section accident = section.section("accident", Shape.ACCIDENT);
        if (accident == null || accident.keys().size() != 1) {
            index.damage();
            if (accident != null && (!accident.keys().isEmpty() || !accident.hasForeignKeys())) {
                reading.problem(
                        accident.position(),
                        "accident has " + (accident.keys().isEmpty() ? "none" : "several") + " of "
                                + Wording.anyOf(Shape.ACCIDENT.keys()) + ", expected one",
                        "write accident: { sql: DROP TABLE accounts }, or accident: { kill: source }");
            }
            return null;
        }
        if (accident.has("sql")) {
            index.damage();
            Text sql = accident.text("sql");
            Text as = transactions.name(section, at);
            return at == null || sql == null
                    ? null
                    : new Step.Accident(section.position(), at, sql.value(), as == null ? null : as.value());
        }
        String verb = accident.keys().iterator().next();
        if (section.has("as")) {
            reading.problem(
                    section.keyPosition("as"),
                    "found \"as\" with " + verb + ", expected it with sql or an accident's sql",
                    "a transaction gets its name with the SQL that it runs");
        }
        if (verb.equals("lose-tablespace")) {
            return loseTablespace(section, accident, at);
        } else if (verb.equals("fill-disk")) {
            return fillDisk(section, accident, at);
        }
        String server = verb.equals("promote") ? "standby" : "source";
        String what = reading.parsed(accident.text(verb), StoryReader.oneOf(verb, Map.of(server, server)));
        if (verb.equals("promote")) {
            promote(accident.valuePosition(verb));
        }
        if (at == null || what == null) {
            return null;
        }
        return switch (verb) {
            case "kill" -> new Step.Kill(section.position(), at);
            case "restart" -> new Step.Restart(section.position(), at);
            default -> new Step.Promote(section.position(), at);
        };
    }

    private @Nullable Step loseTablespace(Section section, Section accident, @Nullable StoryTime at) {
        index.damage();
        Text name = accident.text("lose-tablespace");
        List<String> known = source == null ? List.of() : source.tablespaces();
        if (name != null && source != null && !known.contains(name.value())) {
            String guess = Wording.didYouMean(name.value(), known);
            reading.problem(
                    name.position(),
                    "unknown tablespace " + Wording.quoted(name.value())
                            + ", expected one from tablespaces: under source:",
                    guess != null ? guess : "add it there, for example tablespaces: [fast]");
        }
        return at == null || name == null ? null : new Step.LoseTablespace(section.position(), at, name.value());
    }

    private @Nullable Step fillDisk(Section section, Section accident, @Nullable StoryTime at) {
        String what = reading.parsed(
                accident.text("fill-disk"), StoryReader.oneOf("fill-disk", Map.of("archive", "archive")));
        if (source != null && source.archive() != ArchiveMethod.COMMAND) {
            reading.problem(
                    accident.keyPosition("fill-disk"),
                    "the source has no archive_command that could find the disk full, expected archive: command under"
                            + " source:",
                    null);
        }
        archive.hold(section.keyPosition("accident"));
        return at == null || what == null ? null : new Step.FillDisk(section.position(), at);
    }

    private void promote(Position position) {
        Position before = index.promotion();
        Position held = archive.heldSince();
        if (source != null && !source.hasStandby()) {
            reading.problem(
                    position, "the source has no standby, expected one to promote", "add standby: true under source:");
        } else if (before != null) {
            reading.problem(
                    position,
                    "the standby is promoted already, expected one promotion in a story",
                    "it is the source from line " + before.line() + " on, and has no standby of its own");
        } else if (held != null) {
            reading.problem(
                    position,
                    "archive is held when the standby is promoted, expected archive: resume before",
                    "it is held from line " + held.line() + " on; what the old primary has not archived would be lost");
        }
        index.promote(position);
    }
}
