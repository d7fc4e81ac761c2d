package dev.pitrproof.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the steps with {@code archive:}, and whether they go together. */
final class ArchiveReader {

    private static final List<String> WORDS = List.of("pause", "resume");

    private final Reading reading;
    private final StoryIndex index;
    private final List<Position> damagedWhileHeld = new ArrayList<>();
    private @Nullable Position heldSince;

    ArchiveReader(Reading reading, StoryIndex index) {
        this.reading = reading;
        this.index = index;
    }

    @Nullable
    Step step(Section section, @Nullable StoryTime at) {
        Node value = section.value("archive");
        if (value instanceof ScalarNode) {
            return word(section, at);
        }
        Section archive = section.section("archive", Shape.ARCHIVE);
        if (archive == null) {
            return null;
        }
        List<String> keys = List.copyOf(archive.keys());
        if (keys.size() != 1) {
            if (!keys.isEmpty() || !archive.hasForeignKeys()) {
                reading.problem(
                        keys.isEmpty() ? archive.position() : archive.keyPosition(keys.get(1)),
                        keys.isEmpty()
                                ? "archive is empty, expected " + Wording.anyOf(Shape.ARCHIVE.keys())
                                : "archive has both " + keys.get(0) + " and " + keys.get(1) + ", expected one",
                        "give each a step of its own, for example archive: { lose: current }");
            }
            return null;
        }
        return keys.get(0).equals("delay") ? delay(section, archive, at) : damage(section, archive, keys.get(0), at);
    }

    private @Nullable Step word(Section section, @Nullable StoryTime at) {
        Text word = section.text("archive");
        if (word == null) {
            return null;
        }
        if (!WORDS.contains(word.value())) {
            String guess = Wording.didYouMean(word.value(), WORDS);
            reading.problem(
                    word.position(),
                    "archive is " + Wording.quoted(word.value()) + ", expected pause or resume, or a mapping with "
                            + Wording.anyOf(Shape.ARCHIVE.keys()),
                    guess != null ? guess : "write archive: pause, or archive: { lose: current }");
            return null;
        }
        if (word.value().equals("pause")) {
            hold(section.keyPosition("archive"));
            return at == null ? null : new Step.PauseArchive(section.position(), at);
        }
        if (heldSince == null) {
            reading.problem(
                    word.position(),
                    "archive is resumed here and was not held, expected archive: pause or a delay before",
                    null);
        }
        heldSince = null;
        damagedWhileHeld.clear();
        return at == null ? null : new Step.ResumeArchive(section.position(), at);
    }

    /** From this step on nothing gets into the archive, or only later. */
    void hold(Position step) {
        if (heldSince != null) {
            reading.problem(
                    step,
                    "archive is held already, expected archive: resume before it is held again",
                    "it is held from line " + heldSince.line() + " on");
        }
        heldSince = step;
    }

    private @Nullable Step delay(Section section, Section archive, @Nullable StoryTime at) {
        hold(section.keyPosition("archive"));
        Duration by = reading.parsed(archive.scalar("delay"), Durations::parsePositive);
        if (by != null && by.toSeconds() == 0) {
            reading.problem(
                    archive.valuePosition("delay"),
                    "delay is " + Durations.print(by) + ", expected a second of the story or more",
                    null);
        }
        return at == null || by == null ? null : new Step.DelayArchive(section.position(), at, by);
    }

    private @Nullable Step damage(Section section, Section archive, String key, @Nullable StoryTime at) {
        index.damage();
        String which = reading.parsed(archive.text(key), StoryReader.oneOf(key, Map.of("current", "current")));
        if (heldSince != null) {
            damagedWhileHeld.add(section.keyPosition("archive"));
        }
        if (at == null || which == null) {
            return null;
        }
        return key.equals("lose")
                ? new Step.LoseWal(section.position(), at)
                : new Step.CorruptWal(section.position(), at);
    }

    /** From where on the archive is held; null if it is not. */
    @Nullable
    Position heldSince() {
        return heldSince;
    }

    /** What can only be known at the end of the story. */
    void end() {
        for (Position position : damagedWhileHeld) {
            reading.problem(
                    position,
                    "this segment never gets into the archive, expected one that does",
                    "the archive is held before, and needs an archive: resume afterwards");
        }
    }
}
