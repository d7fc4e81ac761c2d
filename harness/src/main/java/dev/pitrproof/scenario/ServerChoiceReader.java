package dev.pitrproof.scenario;

import dev.pitrproof.proof.FindingCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code with:}, and whether what comes of such a server is what its entry expects. */
final class ServerChoiceReader {

    /** Time zones know no fractions of a second. */
    private static final Duration APART_MIN = Duration.ofSeconds(1);

    private final Reading reading;
    private final @Nullable Source source;
    private final @Nullable StoryClock clock;
    private final MajorRange postgres;

    /** @param postgres the versions that the story is played on */
    ServerChoiceReader(Reading reading, @Nullable Source source, @Nullable StoryClock clock, MajorRange postgres) {
        this.reading = reading;
        this.source = source;
        this.clock = clock;
        this.postgres = postgres;
    }

    /**
     * {@link ServerChoice#DEFAULT} if the entry says nothing, or nothing that can be read.
     *
     * @param target where the entry is to stop; null if that could not be read
     */
    ServerChoice read(Section entry, @Nullable RestoreTarget target, @Nullable Expect expect) {
        Section with = entry.section("with", Shape.WITH);
        if (with == null) {
            return ServerChoice.DEFAULT;
        }
        if (with.keys().isEmpty() && !with.hasForeignKeys()) {
            reading.problem(
                    with.position(),
                    "with is empty, expected " + Wording.anyOf(Shape.WITH.keys()),
                    "leave it out, or write with: { archiving: as-in-backup }");
        }
        List<String> keys = List.copyOf(with.keys());
        if (keys.size() > 1) {
            reading.problem(
                    with.keyPosition(keys.get(1)),
                    "with has both " + keys.get(0) + " and " + keys.get(1) + ", expected one",
                    "something else comes of each: give each an entry of its own");
        }
        Integer major = reading.parsed(with.scalar("postgres"), this::otherMajor);
        Boolean archives =
                reading.parsed(with.scalar("archiving"), StoryReader.oneOf("archiving", Map.of("as-in-backup", true)));
        if (archives != null && source != null && source.archive() != ArchiveMethod.COMMAND) {
            reading.problem(
                    with.keyPosition("archiving"),
                    "the source has no archive_command that a backup could bring along, expected archive: command under"
                            + " source:",
                    null);
        }
        StoryTime again = reading.parsed(with.scalar("clock-shows-it-again"), StoryTime::parse);
        if (again != null && target != null && clock != null) {
            checkAgain(again, target, clock, with);
        }
        ServerChoice choice = new ServerChoice(major, archives != null, again);
        if (expect != null && expect.isProven() && !choice.equals(ServerChoice.DEFAULT)) {
            reading.problem(with.position(), whatComesOf(choice), "leave out with: for a restore that is to be proven");
        }
        return choice;
    }

    private static String whatComesOf(ServerChoice choice) {
        if (choice.postgres() != null) {
            return "a server of another major version restores nothing, expected expect: UNPROVEN "
                    + FindingCode.ENGINE_CANNOT_JUDGE;
        }
        return choice.archivesAsInBackup()
                ? "a clone that archives as its backup says does harm, expected expect: REFUTED "
                        + FindingCode.SIDE_EFFECT
                : "of a time that comes twice the server takes the second, expected expect: REFUTED "
                        + FindingCode.STOPPED_LATE;
    }

    private void checkAgain(StoryTime again, RestoreTarget target, StoryClock clock, Section with) {
        Position position = with.valuePosition("clock-shows-it-again");
        if (!(target instanceof RestoreTarget.StoryMoment) && !(target instanceof RestoreTarget.MarkMoment)) {
            reading.problem(
                    with.keyPosition("clock-shows-it-again"),
                    "found clock-shows-it-again with a target that is no moment of the story, expected a time or a mark",
                    "write to: { time: \"02:29\" }");
        } else if (!clock.contains(again)) {
            reading.problem(
                    position,
                    again + " is outside the clock, expected " + clock.from() + " to " + clock.to(),
                    "set from: and to: under clock: so that the whole story fits");
        } else if (!again.isAfter(target.time())) {
            reading.problem(
                    position,
                    "the clock shows the target's time again at " + again
                            + ", expected a time after the target's, which is " + target.time(),
                    "a clock that is put back by an hour at 03:00 shows 02:29 again at \"03:29\" of the story");
        } else {
            Duration apart = clock.offset(again).minus(clock.offset(target.time()));
            if (apart.compareTo(APART_MIN) < 0) {
                reading.problem(
                        position,
                        "from " + target.time() + " to " + again + " the story takes " + apart.toMillis()
                                + " ms, expected a second at least",
                        "the offsets of a time zone are whole seconds: set a longer lasts: under clock:");
            }
        }
    }

    private Integer otherMajor(String text) {
        int major = text.matches("\\d{1,3}") ? Integer.parseInt(text) : 0;
        if (!MajorRange.SUPPORTED.contains(major)) {
            throw new IllegalArgumentException("postgres is " + Wording.quoted(text) + ", expected a version from "
                    + MajorRange.SUPPORTED.first() + " to " + MajorRange.SUPPORTED.last());
        }
        if (postgres.contains(major)) {
            throw new IllegalArgumentException("postgres is " + major + ", which the story itself is played on ("
                    + postgres + "), expected a version that it is not");
        }
        return major;
    }
}
