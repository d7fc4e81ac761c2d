package dev.pitrproof.scenario;

import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.SweepChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code restore:}, the list of what is restored and proved after the story. */
final class RestoreReader {

    private final Reading reading;
    private final @Nullable StoryClock clock;
    private final StoryIndex story;

    RestoreReader(Reading reading, @Nullable StoryClock clock, StoryIndex story) {
        this.reading = reading;
        this.clock = clock;
        this.story = story;
    }

    List<Restore> read(Section scenario) {
        List<Node> nodes = scenario.list("restore", "restore entry");
        List<Restore> restores = new ArrayList<>();
        for (Node node : nodes == null ? List.<Node>of() : nodes) {
            Section section = Section.read(reading, node, Shape.RESTORE);
            Restore restore = section == null ? null : restore(section);
            if (restore != null) {
                restores.add(restore);
            }
        }
        return restores;
    }

    private @Nullable Restore restore(Section section) {
        Text about = section.text("about");
        Text from = section.text("from");
        Section to = section.section("to", Shape.TARGET);
        RestoreTarget target = to == null ? null : target(to);
        Section sweep = section.section("sweep", Shape.SWEEP);
        SweepChoice choice = sweep == null ? null : sweep(sweep);
        Expect expect = new ExpectReader(reading).read(section);
        boolean mayMiss = expect == null || !expect.isProven();
        if (from != null) {
            checkBackup(from, target, mayMiss);
            checkFailing(from, expect);
        }
        boolean isRefuted = expect == null || expect.verdict().equals("REFUTED");
        List<ClaimSpec> claims = new ClaimReader(reading, story).read(section, target, isRefuted);
        return from == null || target == null || expect == null
                ? null
                : new Restore(
                        section.position(),
                        about == null ? null : about.value(),
                        from.value(),
                        target,
                        choice,
                        expect,
                        claims);
    }

    private @Nullable RestoreTarget target(Section to) {
        Boolean inclusive = reading.parsed(
                to.scalar("inclusive"), StoryReader.oneOf("inclusive", Map.of("true", true, "false", false)));
        boolean isInclusive = inclusive == null || inclusive;
        if (to.has("time") == to.has("mark")) {
            if (to.has("mark") || !to.hasForeignKeys()) {
                reading.problem(
                        to.position(),
                        "target has " + (to.has("mark") ? "both time and mark" : "neither time nor mark")
                                + ", expected one",
                        "write to: { time: \"13:59\" }, or to: { mark: NAME }");
            }
            return null;
        }
        return to.has("time") ? moment(to, isInclusive) : mark(to, isInclusive);
    }

    private @Nullable SweepChoice sweep(Section sweep) {
        if (sweep.has("every") == sweep.has("sample")) {
            if (sweep.has("every") || !sweep.hasForeignKeys()) {
                reading.problem(
                        sweep.position(),
                        "sweep has " + (sweep.has("every") ? "both every and sample" : "neither every nor sample")
                                + ", expected one",
                        "write sweep: { every: commit } for a small history, or sweep: { sample: 20 }");
            }
            return null;
        }
        return sweep.has("every")
                ? reading.parsed(
                        sweep.scalar("every"),
                        StoryReader.oneOf("every", Map.of("commit", new SweepChoice.EveryCommit())))
                : reading.parsed(sweep.scalar("sample"), RestoreReader::sample);
    }

    private static SweepChoice sample(String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("sample is " + Wording.quoted(text)
                    + ", expected a number of targets from 1 to " + SweepChoice.TARGETS_MAX);
        }
        return new SweepChoice.Sample(Integer.parseInt(text));
    }

    private @Nullable RestoreTarget moment(Section to, boolean isInclusive) {
        StoryTime time = reading.parsed(to.scalar("time"), StoryTime::parse);
        if (time != null && clock != null && !clock.contains(time)) {
            reading.problem(
                    to.valuePosition("time"),
                    "target " + time + " is outside the clock, expected " + clock.from() + " to " + clock.to(),
                    "set from: and to: under clock: so that the whole story fits");
        }
        return time == null ? null : new RestoreTarget.StoryMoment(time, isInclusive);
    }

    private @Nullable RestoreTarget mark(Section to, boolean isInclusive) {
        Text mark = to.text("mark");
        if (mark == null) {
            return null;
        }
        StoryIndex.Named named = story.marks().get(mark.value());
        if (named == null) {
            ClaimReader.unknownMark(reading, mark, story);
            return null;
        }
        return named.at() == null ? null : new RestoreTarget.MarkMoment(mark.value(), named.at(), isInclusive);
    }

    private void checkBackup(Text from, @Nullable RestoreTarget target, boolean mayMiss) {
        StoryIndex.Named backup = story.backups().get(from.value());
        if (backup == null) {
            if (story.isWhole() && !story.backups().isEmpty()) {
                String guess = Wording.didYouMean(from.value(), story.backups().keySet());
                reading.problem(
                        from.position(),
                        "unknown backup label " + Wording.quoted(from.value()) + ", expected one from the story",
                        guess != null
                                ? guess
                                : "the labels are "
                                        + String.join(", ", story.backups().keySet()));
            }
        } else if (target != null && !mayMiss && !isBefore(backup, target)) {
            reading.problem(
                    from.position(),
                    "backup " + Wording.quoted(from.value()) + " at " + backup.at() + " is not before the target at "
                            + target.time() + ", expected a backup to go forward from",
                    "restore from an earlier backup, or say expect: REFUTED BEFORE_CONSISTENCY if that is the point");
        }
    }

    /** From a backup that there never was, nothing else can come. */
    private void checkFailing(Text from, @Nullable Expect expect) {
        if (story.failing().contains(from.value())
                && expect != null
                && !FindingCode.BACKUP_MISSING.name().equals(expect.code())) {
            reading.problem(
                    from.position(),
                    "backup " + Wording.quoted(from.value()) + " is to fail, expected expect: REFUTED "
                            + FindingCode.BACKUP_MISSING,
                    "or name a backup without fails-with:");
        }
    }

    /** A story moment comes before every step of its time, a mark has its place among them. */
    private boolean isBefore(StoryIndex.Named backup, RestoreTarget target) {
        StoryTime at = backup.at();
        if (at == null || at.isBefore(target.time())) {
            return true;
        }
        StoryIndex.Named mark = target instanceof RestoreTarget.MarkMoment moment
                ? story.marks().get(moment.mark())
                : null;
        return mark != null && at.equals(target.time()) && backup.number() < mark.number();
    }
}
