package dev.pitrproof.scenario;

import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.proof.TimelineChoice;
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
    private final ServerChoiceReader servers;

    /** @param postgres the versions that the story is played on */
    RestoreReader(
            Reading reading,
            @Nullable StoryClock clock,
            StoryIndex story,
            @Nullable Source source,
            MajorRange postgres) {
        this.reading = reading;
        this.clock = clock;
        this.story = story;
        this.servers = new ServerChoiceReader(reading, source, clock, postgres);
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
        boolean isLogical = from != null && story.logical().contains(from.value());
        if (!isLogical) {
            section.require("to");
        }
        Section to = isLogical ? null : section.section("to", Shape.TARGET);
        TargetReader targets = new TargetReader(reading, clock, story);
        RestoreTarget target = isLogical ? snapshot(section, from) : to == null ? null : targets.target(to, from);
        TimelineChoice timeline = isLogical ? new TimelineChoice.Latest() : to == null ? null : targets.timeline(to);
        Section sweep = section.section("sweep", Shape.SWEEP);
        SweepChoice choice = sweep == null ? null : sweep(sweep);
        Expect expect = new ExpectReader(reading).read(section);
        ServerChoice server = servers.read(section, target, expect);
        if (sweep != null && section.has("with") && !isLogical) {
            reading.problem(
                    section.keyPosition("sweep"),
                    "found sweep in an entry whose server is special by with:, expected one of the two",
                    "a sweep has a server of its own, which with: is not about: give it an entry without with:");
        }
        boolean mayMiss = expect == null || !expect.isProven();
        if (from != null && !isLogical) {
            checkBackup(from, target, mayMiss);
            checkFailing(from, expect);
        }
        boolean isRefuted = expect == null || expect.verdict().equals("REFUTED");
        List<ClaimSpec> claims = new ClaimReader(reading, story).read(section, target, isRefuted);
        return from == null || target == null || timeline == null || expect == null
                ? null
                : new Restore(
                        section.position(),
                        about == null ? null : about.value(),
                        from.value(),
                        target,
                        timeline,
                        server,
                        choice,
                        expect,
                        claims);
    }

    /** What a logical backup leads to. A target for it, or several, is a problem of its own. */
    private @Nullable RestoreTarget snapshot(Section section, @Nullable Text from) {
        if (section.has("with")) {
            reading.problem(
                    section.keyPosition("with"),
                    "found with of a logical backup, expected none",
                    "a dump is restored into a new server of the source's version, which recovers nothing");
        }
        for (String key : List.of("to", "sweep")) {
            if (section.has(key)) {
                reading.problem(
                        section.keyPosition(key),
                        "found " + key + " with a logical backup, expected none",
                        "a dump holds the moment of its snapshot alone, and no WAL leads on from there: leave " + key
                                + " out, or restore from a base-backup");
            }
        }
        StoryIndex.Named backup = from == null ? null : story.backups().get(from.value());
        return backup == null || backup.at() == null ? null : new RestoreTarget.OfSnapshot(backup.at());
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

    /** A story moment comes before every step of its time, what a step names has its place among them. */
    private boolean isBefore(StoryIndex.Named backup, RestoreTarget target) {
        StoryTime at = backup.at();
        if (at == null || at.isBefore(target.time()) || target instanceof RestoreTarget.EndOfBackup) {
            return true;
        }
        StoryIndex.Named named = step(target);
        return named != null && at.equals(target.time()) && backup.number() < named.number();
    }

    private StoryIndex.@Nullable Named step(RestoreTarget target) {
        if (target instanceof RestoreTarget.MarkMoment moment) {
            return story.marks().get(moment.mark());
        } else if (target instanceof RestoreTarget.AtRestorePoint point) {
            return story.restorePoints().get(point.name());
        } else if (target instanceof RestoreTarget.OfTransaction transaction) {
            return story.transactions().get(transaction.step());
        } else if (target instanceof RestoreTarget.AtCommit commit) {
            return story.transactions().get(commit.step());
        }
        return null;
    }
}
