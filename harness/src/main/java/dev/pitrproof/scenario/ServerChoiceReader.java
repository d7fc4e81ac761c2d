package dev.pitrproof.scenario;

import dev.pitrproof.proof.FindingCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code with:}, and whether what comes of such a server is what its entry expects. */
final class ServerChoiceReader {

    private final Reading reading;
    private final @Nullable Source source;
    private final MajorRange postgres;

    /** @param postgres the versions that the story is played on */
    ServerChoiceReader(Reading reading, @Nullable Source source, MajorRange postgres) {
        this.reading = reading;
        this.source = source;
        this.postgres = postgres;
    }

    /** {@link ServerChoice#DEFAULT} if the entry says nothing, or nothing that can be read. */
    ServerChoice read(Section entry, @Nullable Expect expect) {
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
        if (expect != null && expect.isProven() && (major != null || archives != null)) {
            reading.problem(
                    with.position(),
                    major != null
                            ? "a server of another major version restores nothing, expected expect: UNPROVEN "
                                    + FindingCode.ENGINE_CANNOT_JUDGE
                            : "a clone that archives as its backup says does harm, expected expect: REFUTED "
                                    + FindingCode.SIDE_EFFECT,
                    "leave out with: for a restore that is to be proven");
        }
        return new ServerChoice(major, archives != null);
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
